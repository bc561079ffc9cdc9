"""The table of packs: every row fits the catalogue, and what it begins with can be had and carried."""

from __future__ import annotations

import re

import pytest

import models
from models.catalog import STUDIED
from models.defences import DEFENCES, defend
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS, Pack, pack, trio_of, trios

ROWS = pytest.mark.parametrize("row", PACKS.values(), ids=PACKS)


def test_every_pack_of_the_catalogue_has_its_row() -> None:
    assert set(PACKS) == {card.pack for card in models.CARDS.values()}
    assert OPENING_PACK in PACKS
    assert DEFAULT_PACK in PACKS
    assert all(PACKS[name].name == name for name in PACKS)
    with pytest.raises(ValueError, match="Unknown pack 'huge': use one of tiny, trios, imagenet"):
        pack("huge")
    with pytest.raises(ValueError, match="Unknown pack 'huge': use one of tiny, trios, imagenet"):
        models.starters("huge")


@ROWS
def test_a_row_has_its_words_and_numbers(row: Pack) -> None:
    assert pack(row.name) is row
    assert len(row.title) < 60
    assert row.sentence[-1] in ".?"
    assert 1 <= row.looks <= 200
    assert row.side == row.sides[0]
    assert all(32 <= side <= 512 for side in row.sides)
    assert 1 <= row.epsilon <= 64


@ROWS
def test_its_vocabulary_is_wordnets_and_read_once(row: Pack) -> None:
    names = row.vocabulary()
    assert row.vocabulary() is names
    assert len(set(names.values())) == len(names)
    assert all(re.fullmatch(r"n\d{8}", wnid) for wnid in names)
    assert all(name[0].isupper() for name in names.values())


@ROWS
def test_shipped_means_that_nothing_need_be_fetched(row: Pack) -> None:
    cards = [models.CARDS[name] for name in models.names(row.name)]
    assert any(card.hub or card.package for card in cards) != row.shipped
    if row.shipped:
        assert all(card.weights.exists() for card in cards)
        assert models.available(row.name) == (True, "")
        assert models.load(cards[0].name).labels == tuple(row.vocabulary().values())


@ROWS
@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_there_is_a_selection_to_begin_with(row: Pack, device: str) -> None:
    surrogates, held_out = row.starters(device)
    assert models.starters(row.name, device) == (surrogates, held_out)
    assert len(surrogates) == 3
    assert set(surrogates) | set(held_out) <= set(models.names(row.name))
    assert not set(surrogates) & set(held_out)
    # Four bytes a parameter: a first selection for a CPU stays under 250 MB.
    assert models.needs([*surrogates, *held_out]).memory < (250e6 if device == "cpu" else 1.2e9)


@ROWS
def test_the_default_guards_can_be_put_in_front_of_its_networks(row: Pack) -> None:
    assert set(row.guards) <= set(DEFENCES)
    networks = [models.load(name) for name in PACKS["tiny"].starters().surrogates]
    for name, knobs in row.guards.items():
        defend(name, networks if DEFENCES[name].several else networks[0], **knobs)


def test_who_watches_is_the_cast_without_those_to_be_studied() -> None:
    for row in PACKS.values():
        cast = [name for name in models.names(row.name) if models.CARDS[name].role not in STUDIED]
        assert row.held_out() == (cast if row.watched else list(row.starters().held_out))
    assert PACKS["tiny"].held_out()
    assert PACKS["trios"].held_out() == []


def test_a_trio_is_three_networks_under_one_title() -> None:
    assert {name for members in trios().values() for name in members} == set(models.names("trios"))
    for title, members in trios().items():
        assert len(members) == 3
        assert trio_of(reversed(members)) == title
        assert trio_of(members[:2]) is None
    assert trio_of(models.starters("trios").surrogates) in trios()


@ROWS
def test_each_network_of_a_pack_has_its_own_title_and_color(row: Pack) -> None:
    cards = [models.CARDS[name] for name in models.names(row.name)]
    assert len({card.color for card in cards}) == len(cards)
    assert len({card.title for card in cards}) == len(cards)


def test_the_built_in_pack_knows_64_things() -> None:
    assert len(PACKS["tiny"].vocabulary()) == 64

"""The second choice: which pack, its surrogates and held-out networks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

import models
from demo.pages import answering
from demo.pages.controls import Jury
from demo.pages.follow import Followers
from demo.pages.widgets import QUIET
from demo.run.device import best
from demo.run.roster import top1
from models import CARDS
from models.availability import at_hand, reachable
from models.catalog import STUDIED
from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS, Pack, trio_of, trios


def first() -> Pack:
    """The pack that the page opens with: photographs, where the networks for them are at hand."""
    pack = PACKS[OPENING_PACK]
    ready = all(at_hand(name) for names in pack.starters() for name in names)
    return pack if ready else PACKS[DEFAULT_PACK]


def menu() -> tuple[gr.Radio, gr.HTML]:
    """The pack's menu, with the sentence of the one that is chosen."""
    pack = gr.Radio(
        [(row.title, name) for name, row in PACKS.items()],
        value=first().name,
        label="Which jury?",
        show_label=False,
        elem_id="q-pack",
        elem_classes="q-segments",
    )
    return pack, gr.HTML(_sentence(first()))


def networks(pack: gr.Radio, saying: gr.HTML) -> tuple[Jury, Followers]:
    """The pack's networks, in two lists: who is attacked, and who else is asked; and what will follow the pack."""
    row = first()
    trio = gr.Radio(
        list(trios()),
        value=next(iter(trios())),
        label="Which trio?",
        info="Its three answer as one: by probability, by vote, by logits. Try PGD on it, then MORA.",
        visible=False,
        elem_id="q-trio",
        elem_classes="q-either",
    )
    surrogates = gr.CheckboxGroup(
        described(listed(row.name)),
        value=list(row.starters().surrogates),
        label="The attacker looks inside",
        elem_id="q-surrogates",
        elem_classes=f"q-networks q-{row.name}",
    )
    answered = answering.build()
    held_out = gr.CheckboxGroup(
        described(listed(row.name)),
        value=list(row.starters().held_out),
        label="Only watching",
        visible=not row.shipped,
        elem_id="q-held-out",
        elem_classes=f"q-networks q-{row.name}",
    )
    followers = Followers(pack, pack.input(settle, pack, [pack, saying], **QUIET))
    followers.add(lists, [surrogates, held_out, trio])
    answering.connect(followers, *answered[:2])
    trio.input(lambda title: trios()[title], trio, surrogates, **QUIET)
    return Jury(pack, trio, surrogates, held_out, *answered), followers


def described(names: Sequence[str]) -> list[tuple[str, str]]:
    """Networks for a list of boxes: title, parameters, and how often they are right."""
    return [(_words(name), name) for name in names]


def ask_the_hub(pack: str) -> list[Any]:
    """The boxes of both lists once the hub has been asked: who is ticked stays ticked."""
    everybody = gr.update(choices=described(with_the_hub(pack)))
    return [everybody, everybody]


def boxes(pack: str) -> list[str]:
    """All networks of a pack but those that are asked only where somebody wants them."""
    return [name for name in models.names(pack) if CARDS[name].role not in STUDIED]


def listed(pack: str) -> list[str]:
    """The networks of a pack that the list of boxes has without asking the hub: those at hand."""
    return [name for name in boxes(pack) if at_hand(name)]


def with_the_hub(pack: str) -> list[str]:
    """The same with those that a hub which answers could give."""
    if PACKS[pack].shipped or reachable(pack):
        return listed(pack)
    return boxes(pack)


def offered(pack: str) -> tuple[Sequence[str], list[str]]:
    """Who looks first: the surrogates to begin with, and of the others those that nobody has to fetch."""
    return PACKS[pack].starters(best()).surrogates, listed(pack)


def _words(name: str) -> str:
    card = CARDS[name]
    parameters = int(card.parameters or card.notes.get("parameters", 0))
    accuracy = f", {top1(name):.0%} right" if top1(name) else ""
    return f"{card.title} · {parameters / 1e6:.1f} M{accuracy}"


def _sentence(pack: Pack, trouble: str = "") -> str:
    said = f'<p class="q-say q-trouble">{escape(trouble)} {escape(pack.title)} stays.</p>' if trouble else ""
    return f'{said}<p class="q-say">{escape(pack.sentence)}</p>'


def settle(name: str) -> list[Any]:
    """Another pack, if it can be had; else a sentence, and the one that opens stays."""
    usable, why = models.available(name)
    pack = PACKS[name if usable else DEFAULT_PACK]
    return [gr.update(value=pack.name), _sentence(pack, "" if usable else why)]


def lists(name: str) -> list[Any]:
    """The lists of networks as that pack opens."""
    pack = PACKS[name]
    chosen, asked = pack.starters(best())
    trio = trio_of(chosen)
    classes = f"q-networks q-{pack.name}"
    everybody = described(with_the_hub(pack.name))
    return [
        gr.update(choices=everybody, value=list(chosen), elem_classes=classes, visible=trio is None),
        gr.update(choices=everybody, value=list(asked), elem_classes=classes, visible=not pack.shipped),
        gr.update(visible=trio is not None, **({"value": trio} if trio else {})),
    ]

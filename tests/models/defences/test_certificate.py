"""Certificates: Cohen's radius, and what cannot be certified."""

from __future__ import annotations

import pytest
from scipy import stats
from standins import picture, seeded, split_at_half

from models.defences import certify, defend


def test_the_certified_radius_is_cohens(halves) -> None:
    smoothed = defend("smoothing", halves, sigma=0.25)
    certificate = certify(smoothed, picture(0.1, 0.9, 0.5), draws=500, generator=seeded())
    assert certificate.labels[:2].tolist() == [0, 1]
    assert certificate.abstains.tolist() == [False, False, True]
    assert certificate.radius[2] == 0
    # The decision plane is 0.4 away: no honest certificate is larger, and 500 looks get more than half of it.
    assert (certificate.radius[:2] < 0.4).all()
    assert (certificate.radius[:2] > 0.2).all()
    assert certificate.level == pytest.approx(0.999)


def test_all_votes_for_one_class_certify_what_the_bound_allows() -> None:
    certificate = certify(defend("smoothing", split_at_half(), sigma=0.1), picture(5.0), draws=100, generator=seeded())
    wanted = 0.1 * stats.norm.ppf(0.001 ** (1 / 100))
    assert certificate.radius.item() == pytest.approx(wanted, rel=1e-5)


def test_only_smoothed_classifiers_certify(halves) -> None:
    with pytest.raises(ValueError, match="certified radius: use smoothing or sween"):
        certify(halves, picture(0.1))
    with pytest.raises(ValueError, match="sigma above 0"):
        certify(defend("smoothing", halves, sigma=0), picture(0.1))


@pytest.mark.parametrize("wrong", [{"draws": 0}, {"draws": 2.5}, {"selection": -1}, {"alpha": 2}, {"alpha": 0}])
def test_certificates_are_made_of_numbers_within_limits(halves, wrong) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .*: use a"):
        certify(defend("smoothing", halves, sigma=0.1), picture(0.1), **wrong)

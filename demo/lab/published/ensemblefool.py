"""EnsembleFool's own figures (2021), in %: for six networks at 299 px and 16/255."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

I_FGSM, MI_FGSM, FOOL_C, FOOL_A = "I-FGSM", "MI-FGSM", "EnsembleFool-C", "EnsembleFool-A"
HELD, WHITE = "held out", "attacked"
ON = "six Inception networks at 299 px and 16/255"

Six = Sequence[float]
"""What the paper has for Inc-v3, Inc-v4, IncRes-v2, then for their adversarially trained kin."""
SUCCESS: Mapping[tuple[str, str], Six] = {
    (I_FGSM, WHITE): (99.6, 98.5, 96.1, 99.8, 99.9, 97.4),
    (I_FGSM, HELD): (52.3, 40.7, 37.1, 14.7, 19.1, 12.4),
    (MI_FGSM, WHITE): (99.5, 98.1, 96.1, 100, 100, 97.0),
    (MI_FGSM, HELD): (77.5, 72.9, 69.3, 25.2, 32.3, 20.7),
    (FOOL_C, WHITE): (99.7, 98.8, 97.5, 99.9, 100, 98.0),
    (FOOL_C, HELD): (78.6, 73.9, 69.4, 26.6, 32.3, 20.8),
    (FOOL_A, WHITE): (99.7, 99.3, 99.5, 99.9, 99.8, 99.2),
    (FOOL_A, HELD): (81.9, 76.8, 73.4, 27.3, 34.3, 21.2),
}
"""Table 3."""
SCORE: Mapping[int, Mapping[tuple[str, str], Six]] = {
    32: {
        (MI_FGSM, WHITE): (40.05, 39.49, 38.65, 40.24, 40.24, 39.02),
        (MI_FGSM, HELD): (31.09, 29.24, 27.80, 10.12, 12.84, 8.27),
        (FOOL_C, WHITE): (40.12, 39.76, 39.18, 40.20, 40.24, 39.41),
        (FOOL_C, HELD): (31.51, 29.77, 27.96, 10.68, 13.24, 8.33),
        (FOOL_A, WHITE): (40.06, 39.90, 39.97, 40.15, 40.11, 39.86),
        (FOOL_A, HELD): (32.81, 30.77, 29.23, 10.88, 13.67, 8.59),
    },
    64: {
        (MI_FGSM, WHITE): (69.77, 68.80, 67.38, 70.12, 70.12, 68.01),
        (MI_FGSM, HELD): (54.55, 51.07, 48.55, 17.66, 22.57, 14.49),
        (FOOL_C, WHITE): (69.91, 69.28, 68.34, 70.05, 70.12, 68.70),
        (FOOL_C, HELD): (55.05, 51.84, 48.68, 18.64, 23.27, 14.57),
        (FOOL_A, WHITE): (69.88, 69.60, 69.73, 70.03, 69.95, 69.53),
        (FOOL_A, HELD): (57.36, 53.78, 51.32, 19.09, 23.99, 14.89),
    },
}
"""Tables 4 and 5, by up_limit."""
WEIGHED: Mapping[str, Mapping[int, Six]] = {
    HELD: {
        1: (77.5, 72.9, 69.3, 25.2, 32.3, 20.7),
        2: (78.1, 72.9, 69.3, 25.9, 33.3, 20.8),
        3: (78.5, 73.4, 69.7, 25.6, 33.7, 20.8),
        4: (78.6, 73.9, 69.4, 26.6, 33.3, 20.8),
        5: (78.3, 73.5, 69.4, 26.1, 33.5, 20.4),
        6: (78.3, 73.4, 69.4, 25.8, 33.5, 20.1),
        7: (77.8, 73.3, 69.3, 25.7, 32.0, 20.1),
    },
    WHITE: {
        1: (99.5, 98.1, 96.1, 100, 100, 97.0),
        2: (99.7, 98.7, 97.3, 99.9, 100, 97.6),
        3: (99.7, 98.7, 97.3, 100, 100, 98.7),
        4: (99.7, 98.8, 97.5, 99.9, 100, 98.0),
        5: (99.7, 98.7, 97.5, 99.9, 100, 97.7),
        6: (97.7, 99.8, 97.5, 99.8, 100, 97.6),
        7: (99.6, 98.8, 97.5, 99.8, 100, 97.6),
    },
}
"""Tables 1 and 2, by δ_h."""
GUARDED: Mapping[str, Sequence[float]] = {
    MI_FGSM: (23.5, 19.9, 26.4),
    FOOL_C: (27.6, 22.1, 29.3),
    FOOL_A: (29.1, 23.4, 30.0),
}
"""Table 6: HGD, R&P, NIPS-r3."""


def means(six: Six) -> tuple[float, float]:
    """Over its three normal networks, and over its three that were adversarially trained."""
    return mean(six[:3]), mean(six[3:])

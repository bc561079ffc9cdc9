"""What MORA's Table 1 has for juries of three (Yu et al. 2022)."""

from __future__ import annotations

ATTACKS = ("clean", "PGD", "C&W", "MORA", "multi-target MORA")
PERCENT = {
    ("softmax", "ADP"): (92.88, 5.98, 7.72, 0.59, 0.34),
    ("softmax", "DVERGE"): (91.99, 44.49, 40.17, 25.77, 25.26),
    ("softmax", "GAL"): (89.41, 8.13, 11.57, 0.67, 0.51),
    ("softmax", "TRS"): (70.02, 14.01, 10.87, 8.11, 7.60),
    ("voting", "ADP"): (91.84, 9.32, 11.84, 0.64, 0.29),
    ("voting", "DVERGE"): (91.72, 31.48, 28.00, 23.57, 22.91),
    ("voting", "GAL"): (89.09, 5.85, 7.64, 0.87, 0.35),
    ("voting", "TRS"): (68.95, 10.19, 8.71, 5.73, 5.44),
    ("logits", "ADP"): (92.86, 0.87, 2.05, 0.48, 0.21),
    ("logits", "DVERGE"): (92.19, 37.99, 38.60, 36.89, 36.84),
    ("logits", "GAL"): (89.50, 10.01, 10.53, 0.52, 0.03),
    ("logits", "TRS"): (69.72, 13.06, 13.80, 12.11, 12.07),
}
PUBLISHED: dict[str | tuple[str, str | float], float] = {
    (f"{mode}: {attack}", trio): round(value / 100, 4)
    for (mode, trio), row in PERCENT.items()
    for attack, value in zip(ATTACKS, row, strict=True)
}

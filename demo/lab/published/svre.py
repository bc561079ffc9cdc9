"""SVRE's own figures (Xiong et al. 2022), in %: for Inception and ResNet networks at 299 px and 16/255.

Rows are (base, whether by SVRE). The paper does not say whether its Ens fuses predictions, logits or losses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

I_FGSM, MI_FGSM, TIM, TI_DIM, SI_TI_DIM = "I-FGSM", "MI-FGSM", "TIM", "TI-DIM", "SI-TI-DIM"
ON = "networks of 299 px at 16/255"
Row = tuple[str, bool]

NORMAL: Mapping[Row, float] = {
    (I_FGSM, False): 62.83,
    (I_FGSM, True): 79.02,
    (MI_FGSM, False): 84.13,
    (MI_FGSM, True): 91.59,
    (TIM, False): 85.98,
    (TIM, True): 91.33,
    (TI_DIM, False): 93.28,
    (TI_DIM, True): 96.14,
    (SI_TI_DIM, False): 97.08,
    (SI_TI_DIM, True): 98.35,
}
"""Table 1, Average: each of four normal networks held out in turn, the other three attacked."""
ROBUST: Mapping[Row, float] = {
    (I_FGSM, False): 22.43,
    (I_FGSM, True): 34.05,
    (MI_FGSM, False): 44.03,
    (MI_FGSM, True): 54.21,
    (TIM, False): 67.10,
    (TIM, True): 84.40,
    (TI_DIM, False): 83.10,
    (TI_DIM, True): 93.02,
    (SI_TI_DIM, False): 94.34,
    (SI_TI_DIM, True): 97.38,
}
"""Table 2, black-box Average: three adversarially trained networks, all four normal ones attacked."""
NINE: Mapping[Row, Sequence[float]] = {
    (I_FGSM, False): (27.00, 15.20, 18.90, 26.00, 41.80, 37.10, 56.00, 25.20, 17.30),
    (I_FGSM, True): (45.48, 25.02, 34.10, 30.96, 62.06, 50.42, 66.98, 26.98, 21.60),
    (MI_FGSM, False): (41.30, 33.00, 44.60, 39.70, 75.90, 62.80, 77.50, 36.90, 27.30),
    (MI_FGSM, True): (44.06, 40.72, 59.54, 43.42, 89.06, 73.28, 86.60, 39.12, 28.46),
    (TIM, False): (72.50, 60.50, 67.20, 49.30, 82.60, 74.80, 85.10, 47.80, 37.60),
    (TIM, True): (87.10, 80.16, 83.84, 62.26, 91.96, 83.96, 92.22, 62.46, 52.24),
    (TI_DIM, False): (87.40, 81.20, 85.70, 63.00, 91.70, 84.30, 91.90, 57.90, 49.80),
    (TI_DIM, True): (94.86, 91.92, 93.22, 72.88, 96.48, 90.76, 95.98, 73.60, 65.38),
    (SI_TI_DIM, False): (95.70, 93.20, 94.10, 82.70, 96.70, 93.30, 97.90, 78.00, 76.80),
    (SI_TI_DIM, True): (97.70, 96.12, 97.48, 86.64, 98.54, 95.60, 99.06, 85.72, 85.44),
}
"""Table 3, in the order of `models.defences.NINE`."""
NINE_MEAN: Mapping[Row, float] = {
    (I_FGSM, False): 29.39,
    (I_FGSM, True): 40.40,
    (MI_FGSM, False): 48.78,
    (MI_FGSM, True): 56.03,
    (TIM, False): 64.16,
    (TIM, True): 77.36,
    (TI_DIM, False): 76.99,
    (TI_DIM, True): 86.12,
    (SI_TI_DIM, False): 89.82,
    (SI_TI_DIM, True): 93.59,
}
"""Table 3, Average."""

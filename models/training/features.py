"""What a network sees halfway: the features that some objectives compare."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from models.classifier import Classifier

STAGES = 4  # of a ResNet; its stem is left out


def features(classifier: nn.Module, pixels: Tensor, stage: int) -> Tensor:
    """What leaves stage 0 to 3 of a classifier that timm built, `(N,K,h,w)`; pixels in [0,1]."""
    assert isinstance(classifier, Classifier)
    normalised = (pixels - classifier.mean) / classifier.std
    found = classifier.network.forward_intermediates(  # type: ignore[operator]
        normalised, indices=[stage + 1], stop_early=True, intermediates_only=True
    )
    return cast(Tensor, found[0])

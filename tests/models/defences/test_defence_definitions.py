"""Each defence of the input against its definition, on small tensors or against an independent implementation."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import fft, ndimage
from standins import fixed, seeded
from torch import Tensor, nn

import models
from models.classifier import Classifier
from models.defences import defend
from models.defences.bit_depth import BitDepth
from models.defences.feature_distillation import FeatureDistillation, cosines, spectrum, steps
from models.defences.halftone import halftone
from models.defences.jpeg import Jpeg
from models.defences.median_smoothing import MedianSmoothing
from models.defences.nips_r3 import Distorted
from models.defences.quantise import QuantisedInput, quantised
from models.defences.random_resize_pad import RandomResizePad


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(2, 3, 24, 32, generator=seeded())


@pytest.mark.parametrize("quality", [1, 30, 75, 100])
def test_jpeg_is_pillows(quality: int) -> None:
    """Same library, same tables: Pillow's decoder reads what torchvision wrote to within one level and back."""
    smooth = torch.nn.functional.interpolate(torch.rand(1, 3, 6, 6, generator=seeded()), (64, 48), mode="bicubic")
    levels = (smooth.clamp(0, 1) * 255).round().to(torch.uint8)
    file = io.BytesIO()
    Image.fromarray(levels[0].permute(1, 2, 0).numpy()).save(file, "JPEG", quality=quality)
    wanted = np.asarray(Image.open(file)).astype(int)
    ours = (Jpeg(quality)(levels / 255) * 255).round()[0].permute(1, 2, 0).numpy().astype(int)
    assert np.abs(ours - wanted).max() <= 2
    assert np.abs(ours - wanted).mean() < 0.1


@pytest.mark.parametrize("bits", range(1, 9))
def test_bit_depth_keeps_so_many_shades(bits: int) -> None:
    ramp = torch.linspace(0, 1, 256).expand(1, 3, 4, 256)
    reduced = BitDepth(bits)(ramp)
    torch.testing.assert_close(reduced.unique(), torch.linspace(0, 1, 2**bits))
    assert (reduced - ramp).abs().max() <= 0.5 / (2**bits - 1) + 1e-6


@pytest.mark.parametrize("window", [2, 3, 4, 5])
def test_median_smoothing_is_scipys(window: int, pixels: Tensor) -> None:
    wanted = ndimage.median_filter(pixels.numpy(), size=(1, 1, window, window), mode="nearest")
    torch.testing.assert_close(MedianSmoothing(window)(pixels), torch.from_numpy(wanted), atol=0, rtol=0)


def test_random_resizing_stays_in_its_range_and_on_the_canvas() -> None:
    white = torch.ones(1, 3, 100, 100)
    guard, generator = RandomResizePad(0.8), seeded()
    seen = []
    for _ in range(300):
        picture = guard(white, generator)[0, 0] > 0.5
        rows, columns = picture.any(1).nonzero().flatten(), picture.any(0).nonzero().flatten()
        side = len(rows)
        assert len(columns) == side
        assert rows[-1] - rows[0] + 1 == side, "one solid square, nothing cut off"
        seen.append((side, int(rows[0]), int(columns[0])))
    sides = [side for side, _, _ in seen]
    assert min(sides) in (80, 81)
    assert max(sides) in (99, 100)
    slack = [top / (100 - side) for side, top, _ in seen if side < 95]
    assert min(slack) < 0.1
    assert max(slack) > 0.9
    assert len({(top, left) for _, top, left in seen}) > 100


def test_every_picture_of_a_batch_has_its_own_draw() -> None:
    first, second = RandomResizePad(0.5)(torch.ones(2, 3, 64, 64), seeded())
    assert not torch.equal(first, second)


def test_feature_distillation_rounds_the_frequencies(pixels: Tensor) -> None:
    table = steps(25, 30)
    assert sorted(table.flatten().tolist()) == [25.0] * 16 + [30.0] * 48
    assert spectrum()[table == 25].min() >= spectrum()[table == 30].max()
    block = pixels[0, 1, 8:16, 16:24].double().numpy() * 255
    frequencies = fft.dctn(block, norm="ortho")
    torch.testing.assert_close(cosines().numpy() @ block @ cosines().numpy().T, frequencies)
    rounded = np.round(frequencies / table.numpy()) * table.numpy()
    wanted = np.clip(fft.idctn(rounded, norm="ortho") / 255, 0, 1)
    ours = FeatureDistillation(25, 30)(pixels.double())[0, 1, 8:16, 16:24]
    torch.testing.assert_close(ours.numpy(), wanted)


def test_feature_distillation_takes_any_side() -> None:
    picture = torch.rand(1, 3, 13, 21, generator=seeded())
    assert FeatureDistillation(25, 30)(picture).shape == picture.shape
    torch.testing.assert_close(FeatureDistillation(1, 1)(picture), picture, atol=8 / 255, rtol=0)


@pytest.mark.parametrize("bits", [1, 2, 5, 8])
def test_quantised_has_trends_bins(bits: int) -> None:
    values = torch.randn(3, 7, 11, generator=seeded(), dtype=torch.float64)
    rounded = quantised(values, bits)
    for before, after in zip(values, rounded, strict=True):
        low, high = before.min(), before.max()
        width = (high - low) / (2**bits - 1)
        index = (after - low) / width
        torch.testing.assert_close(index, index.round())
        assert 0 <= index.min().round() <= index.max().round() <= 2**bits - 1
        assert (after - before).abs().max() <= width / 2 + 1e-12
        torch.testing.assert_close(torch.stack([after.min(), after.max()]), torch.stack([low, high]))


def test_quantised_leaves_a_flat_picture_flat() -> None:
    assert torch.equal(quantised(torch.full((1, 3, 4, 4), 0.7), 3), torch.full((1, 3, 4, 4), 0.7))


def test_input_quantisation_works_on_the_z_score(pixels: Tensor) -> None:
    classifier = fixed(1.0, 2.0)
    scored = (QuantisedInput(classifier, 2)(pixels) - classifier.mean) / classifier.std
    assert len(scored[0].unique().round(decimals=4).unique()) == 4
    before = (pixels - classifier.mean) / classifier.std
    torch.testing.assert_close(scored.amax((1, 2, 3)), before.amax((1, 2, 3)))


def test_halftone_is_error_diffusion(pixels: Tensor) -> None:
    dots = halftone(pixels)
    assert set(dots.unique().tolist()) == {0.0, 1.0}
    grey = halftone(torch.full((1, 3, 64, 64), 0.25))
    assert grey.mean().item() == pytest.approx(0.25, abs=0.02)
    # Floyd and Steinberg by hand: each error goes 7/16 right and 3, 5, 1/16 below, summed in sixteenths, and what
    # it moves is cut off at 0 and 255 as bytes are.
    levels = np.round(pixels[1, 2].numpy() * 255).astype(int)
    wanted, moved = np.zeros((24, 32)), np.zeros((25, 34), dtype=int)
    for row in range(24):
        for column in range(32):
            value = min(255, max(0, levels[row, column] + int(moved[row, column + 1] / 16)))
            wanted[row, column] = value > 128
            error = value - 255 * int(value > 128)
            for right, below, share in ((1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)):
                moved[row + below, column + 1 + right] += error * share
    assert np.array_equal(dots[1, 2].numpy(), wanted)


def test_a_layer_has_as_many_times_two_to_the_bits_as_filters() -> None:
    """The figures are README's."""
    coarse = defend("quantise-weights", models.load("tiny/resnet"), bits=1)
    layers = [layer.weight for layer in coarse.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    assert {len(row.unique()) for weights in layers for row in weights} == {2}
    different = [len(weights.unique()) for weights in layers]
    assert (len(layers), min(different), max(different)) == (20, 63, 465)


def test_coarse_weights_and_activations_take_few_values() -> None:
    seen: list[Tensor] = []
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.Flatten(), nn.LazyLinear(2))
    network(torch.rand(1, 3, 9, 9))
    classifier = Classifier(network.eval(), "ab")
    coarse = defend("quantise-weights", classifier, bits=2)
    for layer in (coarse.network[0], coarse.network[2], coarse.network[4]):
        assert all(len(channel.unique()) <= 4 for channel in layer.weight)
        assert 4 < len(layer.weight.unique()) <= 4 * len(layer.weight), "each filter has levels of its own"
    flowing = defend("quantise-activations", classifier, bits=2)
    for layer in (flowing.network[0], flowing.network[2], flowing.network[4]):
        layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    flowing(torch.rand(1, 3, 9, 9))
    assert len(seen[0].unique()) > 100, "the picture itself is left alone"
    assert len(seen[1].unique()) <= 4
    assert len(seen[2].unique()) <= 4


def test_nips_r3_moves_the_picture_within_its_limits() -> None:
    distorted, generator = Distorted([fixed(1.0, 0.0)], 4), seeded()
    for _ in range(200):
        matrix = distorted.matrix(generator)
        across, down = matrix[:, 0].norm(), matrix[:, 1].norm()
        assert 0.95 <= across <= 1.0001
        assert 0.95 <= down <= 1.0001
        assert abs(math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))) <= 4
        assert matrix[:, 2].abs().max() <= 0.04

"""What training adds to pictures: views of themselves, and perturbations."""

import torch
from miniature import SMALL

from models import perturbations
from models.training.augmentation import augment


def test_views_are_crops_of_their_own_picture() -> None:
    ramp = torch.linspace(0, 255, 64).round().to(torch.uint8).expand(1, 3, 64, 64)
    images = torch.cat([ramp, 255 - ramp, torch.full_like(ramp, 128)])
    views = augment(images, torch.Generator().manual_seed(0))
    assert views.shape == (3, 3, 64, 64)
    assert views.min() >= 0
    assert views.max() <= 1
    assert views[2].std(dim=(1, 2)).max() < 1e-4  # a plain picture stays plain: nothing from its neighbours
    rise = views[0].mean(dim=(0, 1)).diff()
    assert (rise >= -1e-4).all() or (rise <= 1e-4).all()
    assert torch.equal(views, augment(images, torch.Generator().manual_seed(0)))
    assert not torch.equal(views, augment(images, torch.Generator().manual_seed(1)))


def test_perturbations_stay_in_the_ball_and_raise_the_loss() -> None:
    torch.manual_seed(0)
    network = SMALL.build(4).eval()
    pixels, labels = torch.rand(8, 3, 32, 32), torch.arange(8) % 4
    epsilon, draw = 8 / 255, torch.Generator().manual_seed(0)
    budgets = torch.linspace(0, epsilon, 8).view(8, 1, 1, 1)
    before = torch.nn.functional.cross_entropy(network(pixels), labels)
    for moved, limit in (
        (perturbations.single_step(network, pixels, labels, budgets), budgets),
        (perturbations.random_start_step(network, pixels, labels, epsilon, draw), epsilon),
        (perturbations.projected(network, pixels, labels, epsilon, 3, draw), epsilon),
    ):
        assert ((moved - pixels).abs() <= limit + 1e-6).all()
        assert moved.min() >= 0
        assert moved.max() <= 1
        assert torch.nn.functional.cross_entropy(network(moved), labels) > before
    assert all(weight.grad is None for weight in network.parameters())

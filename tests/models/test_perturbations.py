"""The short attacks of training and measuring: within the ball, and uphill."""

import torch
from miniature import SMALL

from models import perturbations


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

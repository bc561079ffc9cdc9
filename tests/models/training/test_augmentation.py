"""What training shows of a picture: views of itself and of nothing else."""

import torch

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

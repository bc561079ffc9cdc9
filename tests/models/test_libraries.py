"""timm and torchvision come without torch's compiler, and whoever wants it has it."""

import subprocess
import sys

import pytest

ALONE = """
import sys
import torch
disable = torch.compiler.disable
import models
network = models.load("tiny/xcit")
network(torch.rand(1, 3, 64, 64))
assert "torch._dynamo" not in sys.modules, "imported after all: look who asks for it"
assert torch.compiler.disable is disable
from torchvision.ops import roi_align
assert roi_align(torch.ones(1, 1, 8, 8), [torch.tensor([[0.0, 0.0, 4.0, 4.0]])], 2).shape == (1, 1, 2, 2)
double = torch.compile(lambda x: 2 * x, backend="eager")
assert double(torch.ones(1)) == 2
"""


@pytest.mark.slow
def test_a_network_is_loaded_without_the_compiler_which_is_there_when_it_is_wanted() -> None:
    program = "import sys; sys.path.insert(0, '.')\n" + ALONE
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr

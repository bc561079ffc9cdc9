"""What a run is asked for where who else is on the jury is beside the point."""

from typing import Any

FEW: dict[str, Any] = {"held_out": ["tiny/regnet"], "guards": {}}
"""One network that watches."""

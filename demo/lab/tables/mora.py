"""MORA (Yu et al. 2022): reweighing sub-models against ensemble defences."""

from __future__ import annotations

from demo.lab.table import Table

TABLES: tuple[Table, ...] = ()

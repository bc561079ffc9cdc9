"""EnsembleFool (2021): weights from what each surrogate still believes."""

from __future__ import annotations

from demo.lab.table import Table

TABLES: tuple[Table, ...] = ()

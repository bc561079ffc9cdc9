"""TREND (Ravikumar et al. 2022): what makes pictures transfer, and ensembles that resist it."""

from __future__ import annotations

from demo.lab.table import Table

TABLES: tuple[Table, ...] = ()

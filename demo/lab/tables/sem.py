"""SEM (Qin et al. 2021): stochastic ensembles as a defence."""

from __future__ import annotations

from demo.lab.table import Table

TABLES: tuple[Table, ...] = ()

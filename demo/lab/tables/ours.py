"""Our own questions: all attacks at equal cost, what more jurors bring, what defences cost."""

from __future__ import annotations

from demo.lab.table import Table

TABLES: tuple[Table, ...] = ()

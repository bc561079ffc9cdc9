"""Ours: all attacks beside each other, what more jurors bring, what defences cost."""

from __future__ import annotations

from demo.lab.tables import jurors, leaderboard, prices

TABLES = (*leaderboard.TABLES, *jurors.TABLES, *prices.TABLES)

"""All tables: a file a paper, each with its stanzas in TABLES."""

from dataclasses import replace

from demo.lab.table import Table
from demo.lab.tables import ensemblefool, mora, ours, sem, svre, trend
from demo.lab.tables.here import HERE

PAPERS = (ensemblefool, svre, sem, mora, trend)
TABLES: dict[str, Table] = {
    table.name: replace(table, here=HERE.get(table.name, {})) for paper in (*PAPERS, ours) for table in paper.TABLES
}
LACKING = {paper.TABLES[0].paper: paper.LACKING for paper in PAPERS}
"""Paper -> what of it has no table here."""

"""All tables: a file a paper, each with its stanzas in TABLES."""

from demo.lab.table import Table
from demo.lab.tables import ensemblefool, mora, ours, sem, svre, trend

PAPERS = (ensemblefool, svre, sem, mora, trend, ours)
TABLES: dict[str, Table] = {table.name: table for paper in PAPERS for table in paper.TABLES}

"""`python -m demo.lab TABLE --data DIR_OR_ZIP`: a paper's table, computed anew. `--list` tells what there is."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from demo.figures.of_lab import figure
from demo.lab import engine, kept, output
from demo.lab.cluster import Cluster
from demo.lab.data import pictures
from demo.lab.engine import LabError
from demo.lab.hands import Hands, Processes
from demo.lab.job import together
from demo.lab.making import jobs_of, staged
from demo.lab.outcome import Outcome, as_data, read_off
from demo.lab.store import Store
from demo.lab.table import PAPERS, Table
from demo.lab.tables import LACKING, TABLES
from demo.measure.judging import counted
from demo.measure.overhead import processor
from models import WeightsError
from models.packs import DEFAULT_PACK, PACKS

Told = Callable[[str], object]


def hands(options: argparse.Namespace) -> Hands:
    """Who does it: the cluster that was named, or processes of this machine."""
    return Cluster(options.ray, options.gpus) if options.ray else Processes(options.workers)


def made(table: Table, options: argparse.Namespace, hired: Callable[[], Hands], tell: Told) -> Outcome:
    """One table from its pictures to its outcome; what is kept from before is not computed anew.

    Raises:
        ValueError: the pictures do not serve, or the table is not for this pack.
        LabError: a cell cannot be computed.
    """
    store, count = Store(options.out / "cells"), options.pictures or table.pictures
    held = pictures(options.data, options.pack, count, options.seed, table.rightly(options.pack))
    scene, cells = staged(table, options.pack, held, store, options.seed)
    jobs = jobs_of(cells)
    if not all(store.holds(one.key) for one in together(jobs)):
        for progress in engine.work(jobs, store, hired()):
            tell(progress.words())
    return read_off(table, scene, cells, store)


def keep(table: Table, outcome: Outcome, folder: Path) -> list[Path]:
    """CSV, JSON and a page beside each other; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{table.name}-{outcome.pack}"
    written = {
        f"{stem}.csv": output.spreadsheet(outcome),
        f"{stem}.json": json.dumps(as_data(outcome), indent=1, ensure_ascii=False) + "\n",
    }
    for name, words in written.items():
        (folder / name).write_text(words, encoding="utf-8")
    charts = folder / f"{stem}.html"
    figure(table, outcome).write_html(charts, include_plotlyjs="directory", div_id=stem)  # opens without a network
    return [*(folder / name for name in written), charts]


def listed() -> str:
    """What of each paper there is."""
    lines = []
    for paper, title in PAPERS.items():
        own = [one for one in TABLES.values() if one.paper == paper]
        lines += [title, *(f"  {one.name:24} {one.place}: {one.title}" for one in own)]
        lines += [f"  {'not covered':24} {LACKING[paper]}"] if paper in LACKING else []
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.lab", description=__doc__)
    parser.add_argument("table", nargs="?", metavar="TABLE", help="see --list")
    parser.add_argument("--list", action="store_true", help="what of each paper is covered")
    parser.add_argument("--data", type=Path, help="a folder or a zip of pictures, best in Tiny ImageNet's layout")
    parser.add_argument("--pack", choices=list(PACKS), default=DEFAULT_PACK)
    parser.add_argument("--pictures", type=counted, metavar="N", help="unless given, what the table asks for")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("lab"), help="where cells are kept and tables written")
    parser.add_argument("--workers", type=counted, default=os.cpu_count() or 1, metavar="N", help="one thread each")
    parser.add_argument("--ray", metavar="ADDRESS", help="the same on a Ray cluster: local, auto, or where it listens")
    parser.add_argument("--gpus", type=float, default=0.0, help="of which each task of a cluster has so much")
    parser.add_argument("--save", action="store_true", help="keep the table for page and documentation too")
    parser.add_argument("--latex", action="store_true", help="print the table for a paper")
    return parser


def _command(given: Sequence[str] | None) -> str:
    """What was typed, without where the pictures lie and what changes no result."""
    words, shown = list(sys.argv[1:] if given is None else given), []
    while words:
        word = words.pop(0)
        if word in ("--out", "--workers", "--ray", "--gpus"):
            words.pop(0)
        elif word not in ("--save", "--latex"):
            shown += [word, "DATA"] if word == "--data" else [word]
            words = words[1:] if word == "--data" else words
    return f"python -m demo.lab {' '.join(shown)}"


def _told(words: str) -> None:
    """On a terminal in one line, which the next one overwrites."""
    sys.stderr.write(f"\r{words:<78}" if sys.stderr.isatty() else f"{words}\n")


def main(given: Sequence[str] | None = None) -> None:
    options = arguments().parse_args(given)
    if options.list:
        sys.stdout.write(listed() + "\n")
        return
    try:
        if options.table not in TABLES:
            raise ValueError(f"Unknown table {options.table!r}: use one of {', '.join(TABLES)}.")
        table = TABLES[options.table]
        if options.pack not in table.packs:
            raise ValueError(f"{table.name} makes no sense on {options.pack}: use --pack {' or '.join(table.packs)}.")
        if options.data is None:
            raise ValueError("A table needs pictures: --data takes a folder or a zip.")
        outcome = made(table, options, partial(hands, options), _told)
        written = keep(table, outcome, options.out)
        sys.stdout.write((output.latex if options.latex else output.text)(table, outcome) + "\n")
        if options.save:
            written.append(kept.save(outcome, _command(given), processor()))
        sys.stderr.write(f"Kept in {', '.join(map(str, written))}.\n")
    except (ValueError, LabError, WeightsError) as problem:
        raise SystemExit(str(problem)) from None


if __name__ == "__main__":
    main()

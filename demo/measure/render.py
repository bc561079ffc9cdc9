"""`python -m demo.measure.render [--check]`: writes every table of the documentation from its data.

What stands between `<!-- table: NAME -->` and `<!-- end -->` in a page is made anew; with `--check` nothing is written,
and a page that is not what its data say is named.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from demo.attacks import __main__ as attacks
from demo.lab import summary
from demo.measure import results
from demo.pages import api
from demo.run.request import Request
from demo.run.setting import settings
from models.catalog import CARDS
from models.defences import __main__ as defences
from models.measure.accuracy import Accuracy
from models.measure.tables import TABLES, accuracy_row
from models.packs import DEFAULT_PACK

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "demo/attacks/README.md",
    "demo/lab/README.md",
    "demo/pages/README.md",
    "models/defences/README.md",
    "models/tiny/README.md",
)
MARKED = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADLINE = ("random signs (control)", "FGSM", "MI-FGSM", "EnsembleFool-A", "A-GD", "SVRE", "CWA", "SMER")
MEANS = ("attacked (mean)", "not attacked (mean)", "adversarially trained (mean)", "gradients", "passes")
Drawn = Callable[[], str]
COMMAND = "python -m demo.measure.render"


def measured(name: str) -> Drawn:
    """A stored table; a sentence where there is none yet."""

    def drawn() -> str:
        try:
            return results.markdown(results.load(name))
        except FileNotFoundError:
            return f"{results.UNMEASURED.capitalize()}: `python -m demo.benchmark {name} --save` does."

    return drawn


def lab(name: str, pack: str = DEFAULT_PACK, only: Callable[[str], bool] = bool, columns: Sequence[str] = ()) -> Drawn:
    """A kept table of the lab, or only some of its rows and columns."""
    return lambda: summary.one(name, pack, only, columns)


def by_pgd(row: str) -> bool:
    return row.startswith("PGD: ")


def sidecars(table: str, key: str, head: str, row: Callable[[str, Mapping[str, float]], str]) -> Drawn:
    """A table of the built-in networks from what was recorded beside their weights."""

    def drawn() -> str:
        cards = [card for card in CARDS.values() if card.role in TABLES[table][1] and key in card.notes]
        rows = [(card.name, card.notes[key]) for card in cards if card.pack == "tiny"]
        if table == "accuracy":
            rows.sort(key=lambda one: (TABLES[table][1].index(CARDS[one[0]].role), -one[1]["top1"]))
        rule = "|---" * (head.count("|") + 1) + "|"
        return "\n".join([f"| {head} |", rule, *(f"| {row(name, found)} |" for name, found in rows)])

    return drawn


def _accuracy(name: str, found: Mapping[str, float]) -> str:
    return accuracy_row(CARDS[name], Accuracy(found["top1"], found["top5"], int(found["pictures"])))


def _robust(name: str, found: Mapping[str, float]) -> str:
    return " | ".join([f"`{name}`", *(f"{found[budget]:.1%}" for budget in "248")])


def endpoint() -> str:
    """The parameters of `/attack`, from the request's fields."""
    shown = {one.name: api.default(one.name) for one in fields(Request) if one.name in settings(Request)}
    rows = [f"| `{name}` | {setting.help} | `{shown[name]}` |" for name, setting in settings(Request).items()]
    return "\n".join(["| name | what it means | unless given |", "|---|---|---|", *rows])


DRAWN: dict[str, Drawn] = {
    "headline": lab("attacks-equal", only=HEADLINE.__contains__, columns=MEANS),
    "attacks": lambda: "\n".join(attacks.table()),
    "attacks-photographs": lab("attacks-equal", "imagenet"),
    "attacks-own": lab("attacks", columns=MEANS),
    "attacks-figures": lab("attacks-equal", columns=MEANS),
    "defences": defences.table,
    "defences-photographs": lab("defences", "imagenet"),
    "defences-figures": lab("defences"),
    "accuracy": sidecars("accuracy", "accuracy", "name | network | parameters | top-1 | top-5 | training", _accuracy),
    "robust": sidecars("robust", "robust_accuracy", "top-1 under PGD-20 at | 2/255 | 4/255 | 8/255", _robust),
    "smoothed": measured("smoothed"),
    "transfer": lab("trend-1", only=by_pgd),
    "transfer-trios": lab("trend-1", "trios", only=by_pgd),
    "controls": lab("trend-input", only=by_pgd),
    "trios": lab("mora-1", "trios"),
    "app": measured("app"),
    "speed": measured("speed"),
    "overhead": measured("overhead"),
    "scale": measured("scale"),
    "memory": measured("memory"),
    "peers": measured("peers"),
    "peers-photographs": measured("peers-imagenet"),
    "load": measured("load"),
    "views": measured("views"),
    "known-laboratory": measured("known"),
    "known-photographs": measured("known-imagenet"),
    "lab-tables": summary.tables,
    "lab-claims": summary.claims,
    "endpoint": endpoint,
}


def rendered(page: str) -> str:
    """The page with every table made anew; KeyError for a table that nobody draws."""
    return MARKED.sub(lambda found: f"{found[1]}{DRAWN[found[2]]()}\n{found[3]}", page)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which page is stale")
    options = parser.parse_args(arguments)
    for name in PAGES:
        path = ROOT / name
        page = path.read_text()
        wanted = rendered(page)
        if options.check and page != wanted:
            raise SystemExit(f"{name} is not what its data say: run `{COMMAND}`.")
        if page != wanted:
            path.write_text(wanted)
            sys.stdout.write(f"{name} was made anew.\n")


if __name__ == "__main__":
    main()

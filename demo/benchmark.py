"""`python -m demo.benchmark [speed | attacks DATA | defences DATA | trios DATA]`: prints a measured Markdown table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from demo.measure import attacks, defences, speed, trios
from models import WeightsError

Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], Iterator[str]], str]

# name -> its arguments, what it prints, and what it is
COMMANDS: dict[str, Command] = {
    "speed": (speed.arguments, speed.measured, "how long a visitor waits, and the driver's share of it"),
    "attacks": (attacks.arguments, attacks.measured, "every attack on the same pictures: who is fooled, at what cost"),
    "defences": (defences.arguments, defences.measured, "which defence helps against transferred pictures"),
    "trios": (trios.arguments, trios.measured, "what PGD, and what MORA, leaves standing of each trio"),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.benchmark", description=__doc__)
    choices = parser.add_subparsers(dest="command", required=True)
    for name, (declare, _, words) in COMMANDS.items():
        declare(choices.add_parser(name, help=words))
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given or ["speed"])
    try:
        for line in COMMANDS[options.command][1](options):
            print(line, flush=True)
        typed = ["DATA" if word == str(getattr(options, "data", None)) else word for word in given or ["speed"]]
        print(f"\nMeasured by `python -m demo.benchmark {' '.join(typed)}`.")
    except (ValueError, WeightsError) as problem:
        raise SystemExit(str(problem)) from None


if __name__ == "__main__":
    main()

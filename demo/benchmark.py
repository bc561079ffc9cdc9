"""`python -m demo.benchmark attacks DATA`: measures this project's attacks and prints a Markdown table."""

from __future__ import annotations

import argparse

from demo.measure import attacks

# name -> its arguments, what it prints, and what it is
COMMANDS = {
    "attacks": (attacks.arguments, attacks.measured, "every attack on the same pictures: who is fooled, at what cost"),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.benchmark", description=__doc__)
    choices = parser.add_subparsers(dest="command", required=True)
    for name, (declare, _, words) in COMMANDS.items():
        declare(choices.add_parser(name, help=words))
    options = parser.parse_args(arguments)
    try:
        for line in COMMANDS[options.command][1](options):
            print(line)
    except ValueError as problem:
        raise SystemExit(str(problem)) from None


if __name__ == "__main__":
    main()

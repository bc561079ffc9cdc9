"""`python -m demo.benchmark SECTION [DATA]`: prints a measured Markdown table. `--help` tells the sections."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from demo.measure import (
    app,
    gpu,
    known,
    load,
    memory,
    overhead,
    peers,
    results,
    scale,
    seeing,
    speed,
)
from demo.run.device import best
from models import WeightsError
from models.packs import DEFAULT_PACK

Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], Iterator[str]], str]

# name -> its arguments, what it prints, and what it is
COMMANDS: dict[str, Command] = {
    "app": (app.arguments, app.measured, "what a visitor meets: the start, a run, what comes over the wire, memory"),
    "speed": (speed.arguments, speed.measured, "how long a run takes without a page, and the driver's share of it"),
    "views": (seeing.arguments, seeing.measured, "how long each view of See why takes to its first and last picture"),
    "overhead": (overhead.arguments, overhead.measured, "what prepared networks gain, and what the driver costs"),
    "scale": (scale.arguments, scale.measured, "how the time grows with surrogates, iterations, pixels and pictures"),
    "memory": (memory.arguments, memory.measured, "what graphs take of the memory, all at once and one at a time"),
    "peers": (
        peers.arguments,
        peers.measured,
        "a public library's attacks beside ours: who is fooled, how long it takes",
    ),
    "gpu": (gpu.arguments, gpu.measured, "what a GPU makes of it: one picture and many, against the plain loop"),
    "load": (load.arguments, load.measured, "many visitors at once: how long each waits, and what memory it takes"),
    "known": (known.arguments, known.measured, "which rule tells what a jury knows from what it does not"),
}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.benchmark", description=__doc__)
    choices = parser.add_subparsers(dest="command", required=True)
    for name, (declare, _, words) in COMMANDS.items():
        section = choices.add_parser(name, help=words)
        section.add_argument("--save", action="store_true", help="keep the table for the documentation")
        declare(section)
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given or ["speed"])
    shown = [word for word in given or ["speed"] if word != "--save"]
    folders = {str(getattr(options, name, None)): name.upper() for name in ("data", "others")}
    typed = [folders.get(word, word) for word in shown]
    command, lines = f"python -m demo.benchmark {' '.join(typed)}", []
    try:
        for line in COMMANDS[options.command][1](options):
            print(line, flush=True)
            lines.append(line)
        print(f"\nMeasured by `{command}`.")
        if options.save:
            pack = getattr(options, "pack", DEFAULT_PACK)
            name = options.command if pack == DEFAULT_PACK else f"{options.command}-{pack}"
            path = results.save(name, command, lines, best())
            print(f"Kept in {path.name}: run `python -m demo.measure.render` to bring it into the documentation.")
    except (ValueError, WeightsError) as problem:
        raise SystemExit(str(problem)) from None


if __name__ == "__main__":
    main()

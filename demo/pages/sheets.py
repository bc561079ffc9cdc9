"""The tables of a report: every juror's guesses, every value of the charts, settings, and how to make it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from demo.figures.chart import Chart
from demo.pages.tiles import TAGS, TARGETED_TAGS
from demo.run.events import Finished
from demo.run.link import query
from demo.run.saved import Saved
from demo.run.verdict import GROUPS, Opinion


def jurors(finished: Finished) -> str:
    """A table a group: who, what became of them, five guesses before and five after."""
    head = "<tr><th>who</th><th>verdict</th><th>before</th><th>after</th></tr>"
    tags, sheets = TARGETED_TAGS if finished.target else TAGS, []
    for group, title in GROUPS.items():
        rows = "".join(
            f'<tr><th scope="row">{escape(one.juror.title)}</th><td class="q-verdict-of">{tags[one.status]}</td>'
            f"<td>{_five(one.before)}</td><td>{_five(one.after)}</td></tr>"
            for one in finished.findings
            if one.juror.group == group
        )
        if rows:
            sheets.append(f"<h3>{escape(title)}</h3>{_table(head + rows)}")
    return "".join(sheets)


def _five(opinion: Opinion) -> str:
    guesses = "".join(f"<li>{escape(name)} {chance:.1%}</li>" for name, chance in opinion.top)
    return f"<ol>{guesses}</ol>"


def numbers(chart: Chart) -> str:
    """Every value of a chart, an iteration a row."""
    places = sorted({place for line in chart.lines for place, _ in line.points})
    values = [dict(line.points) for line in chart.lines]
    head = "".join(f'<th scope="col">{escape(line.title)}</th>' for line in chart.lines)
    rows = "".join(
        f'<tr><th scope="row">{place:g}</th>'
        + "".join(f"<td>{chart.label(known[place]) if place in known else '–'}</td>" for known in values)
        + "</tr>"
        for place in places
    )
    table = _table(f"<tr><th>{escape(chart.axis)}</th>{head}</tr>{rows}")
    return f"<details><summary>{escape(chart.title)}</summary>{table}</details>"


def facts(run: Saved) -> str:
    """Every setting, and what was measured."""
    document, last, finished = run.document, run.finished.history[-1], run.finished
    control = finished.control
    measured = {
        "verdict": finished.sentence,
        "random noise of the same size": f"fooled {control.fooled} of {control.asked}",
        "largest change": f"{finished.distances['linf']:g}/255",
        "L2": f"{finished.distances['l2']:.4f}",
        "PSNR": f"{finished.distances['psnr']:.2f} dB",
        "gradients": last.gradients,
        "forward passes": last.forwards,
        "seconds": f"{finished.seconds:.2f}, on {run.prepared.look.device}",
        "SHA-256 of the picture’s pixels": document["input"],
    }
    return f"<h3>Settings</h3>{_pairs(document['settings'])}<h3>Measures</h3>{_pairs(measured)}"


def again(run: Saved) -> str:
    """In Python, by link, and on which versions."""
    document = run.document
    settings = {name: one for name, one in document["settings"].items() if name != "units"}
    link = ""
    try:
        link = f"<p>Or open a page of Quorum with this behind its address:</p><pre>?{escape(query(settings))}</pre>"
    except (KeyError, TypeError, ValueError):
        link = "<p>Its jury is none that comes with Quorum, so that no link leads to it.</p>"
    return (
        "<p>In Python, with the picture for <code>PICTURE</code>; the versions below and a processor of the same kind "
        f"give the same bytes:</p><pre>{escape(document['python'])}</pre>{link}"
        "<p>This file can be opened there too, under Stories, and is then replayed.</p>"
        f"<h3>Versions</h3>{_pairs({'quorum': document['version'], **document['versions']})}"
    )


def _pairs(pairs: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th><td>{escape(_said(one))}</td></tr>' for name, one in pairs.items()
    )
    return _table(rows, "q-pairs")


def _said(value: Any) -> str:
    if value is None or value in ({}, []):
        return "–"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(rows: str, kind: str = "") -> str:
    return f'<div class="q-scroll"><table class="q-table {kind}">{rows}</table></div>'

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
from demo.run.verdict import GROUPS, Finding


def jurors(finished: Finished) -> str:
    """A sheet a juror, by group: who, what became of them, five guesses before and five after."""
    tags, sheets = TARGETED_TAGS if finished.target else TAGS, []
    for group, title in GROUPS.items():
        members = [one for one in finished.findings if one.juror.group == group]
        if members:
            drawn = "".join(_juror(one, tags[one.status]) for one in members)
            sheets.append(f'<h3>{escape(title)}</h3><div class="q-sheets">{drawn}</div>')
    return "".join(sheets)


def _juror(one: Finding, verdict: str) -> str:
    head = "<colgroup><col><col><col><col></colgroup>"
    head += '<tr><th scope="col" colspan="2">before</th><th scope="col" colspan="2">after</th></tr>'
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(name)}</td><td>{chance:.1%}</td>' for name, chance in pair)}</tr>"
        for pair in zip(one.before.top, one.after.top, strict=False)
    )
    return (
        f'<table class="q-sheet"><caption>{escape(one.juror.title)} <b class="q-{one.status}">'
        f'<span class="q-mark">{verdict}</span></b></caption>{head}{rows}</table>'
    )


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
        address = escape(query(settings))
        link = f'<p>Or open a page of Quorum with this behind its address:</p><pre class="q-query">?{address}</pre>'
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

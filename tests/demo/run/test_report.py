"""What is made of a saved run: a report that needs nobody, and a short animation."""

from __future__ import annotations

import base64
import hashlib
import io
import re

import pytest
from PIL import Image
from saving import ran

from demo.figures import of_run
from demo.pages import animation, replay, report
from demo.run.reading import BLOCK, read
from demo.run.rebuilding import kept
from demo.run.saved import Saved


def test_a_report_holds_the_same_run(whole: Saved) -> None:
    made = report.made(whole)
    again = read(made)
    assert again.text() == whole.text()
    assert report.made(again) == made


def test_a_report_asks_nobody_for_anything_and_runs_its_own_script_alone(whole: Saved) -> None:
    made = report.made(whole).decode()
    page = made.partition("<body")[2].partition(BLOCK)[0]
    assert set(re.findall(r"\b(?:src|href)=(.{6})", page)) == {'"data:'}
    assert "url(" not in made
    (script,) = re.findall(r"</script><script>(.*?)</script>", made, re.DOTALL)
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{own}'" in made


def test_a_report_says_everything(whole: Saved) -> None:
    made = report.made(whole).decode()
    for finding in whole.finished.findings:
        for name, chance in (*finding.before.top, *finding.after.top):
            assert f"<td>{name}</td><td>{chance:.1%}</td>" in made
    for name in (*whole.document["settings"], *whole.document["versions"]):
        assert f'<th scope="row">{name}</th>' in made
    assert replay.exact(whole.finished.adversarial) in made
    for chart in of_run.charts(
        whole.finished.history, whole.prepared.look.jurors, whole.prepared.goal, kept(whole, "cpu").plan.recipe
    ):
        assert chart.title in made
    assert "from demo.run.request import Request" in made
    assert "pack=tiny" in made


@pytest.mark.parametrize(("iterations", "frames"), [(1, 2), (3, 4), (60, 21)])
def test_the_animation_is_short_and_says_that_it_is_a_preview(iterations: int, frames: int, lion: str) -> None:
    one = ran(lion, surrogates=["tiny/resnet"], attack="mi-fgsm", iterations=iterations, held_out=[], guards={})
    with Image.open(io.BytesIO(animation.made(one))) as moving:
        assert moving.n_frames == frames
        assert moving.info["loop"] == 0
        durations = []
        for place in range(moving.n_frames):
            moving.seek(place)
            moving.load()
            durations.append(moving.info["duration"])
        assert sum(durations) == pytest.approx(3000, abs=60)
        assert durations[-1] >= 1600
        assert moving.height - moving.width == animation.STRIP

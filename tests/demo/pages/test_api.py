"""The endpoint `/attack` as a program sees it, with what clients can send past the widgets."""

import io
import json
import shutil
import time
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from quick import FEW

from demo.pages import api


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def ask(client: Client, picture: Any, **settings: Any) -> tuple[str, dict[str, Any]]:
    return client.predict(picture, api_name="/attack", **settings)


@pytest.mark.slow
def test_a_run_gives_the_exact_picture_and_every_number(client: Client, lion: str) -> None:
    path, run = ask(client, handle_file(lion), epsilon=8, iterations=3, seed=1)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert Path(path).suffix == ".png"
    assert pixels.shape == (64, 64, 3)
    assert run["settings"]["epsilon"] == 8
    assert run["distances"]["linf"] <= 8
    assert len(run["iterations"]) == 4
    again, _ = ask(client, handle_file(lion), epsilon=8, iterations=3, seed=1, **FEW)
    assert Path(again).read_bytes() == Path(path).read_bytes(), "who watches changes nothing"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"epsilon": 0}, "allows no change"),
        ({"epsilon": 100}, "from 1 to 64"),
        ({"iterations": 10.5}, "whole number"),
        ({"iterations": 1000}, "from 1 to 100"),
        ({"surrogates": []}, "tick at least one"),
        ({"surrogates": ["tiny/resnet"] * 1000}, "twice"),
        ({"surrogates": {"a": 1}}, "tick at least one"),
        ({"surrogates": ["tiny/resnet+moat"]}, "Unknown defence"),
        ({"attack": "magic"}, "Unknown attack"),
        ({"label": "x" * 10_000}, "not a class"),
        ({"knobs": {"magic": 1}}, "no knob"),
        ({"knobs": [1]}, "object"),
        ({"target": "Lion"}, "already sees Lion"),
    ],
)
def test_bad_requests_come_back_as_sentences(
    client: Client, lion: str, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence):
        ask(client, handle_file(lion), **{**FEW, **settings})


def test_bad_pictures_come_back_as_sentences_and_the_next_good_one_works(
    client: Client, lion: str, tmp_path: Path
) -> None:
    for name, content in (("words.png", b"words"), ("a.svg", b"<svg/>"), ("half.png", Path(lion).read_bytes()[:2000])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AppError, match="cannot be read as a picture"):
            ask(client, handle_file(str(tmp_path / name)))
    with pytest.raises(AppError, match="no picture yet"):
        ask(client, None)
    assert ask(client, handle_file(lion), iterations=1, **FEW)[1]["verdict"]


def test_an_unknown_picture_asks_for_a_label(client: Client, pictures_by_name: dict[str, str]) -> None:
    unknown = pictures_by_name["Cheetah"]
    with pytest.raises(AppError, match="say what it shows"):
        ask(client, handle_file(unknown), **FEW)
    _, run = ask(client, handle_file(unknown), label="Banana", iterations=1, **FEW)
    assert run["settings"]["label"] == "Banana"


def test_a_defence_can_be_attacked(client: Client, lion: str) -> None:
    jury = "tiny/resnet&tiny/densenet+softmax"
    _, run = ask(
        client, handle_file(lion), surrogates=[jury, "tiny/regnet+quantise-weights:bits=3"], iterations=2, label="Lion"
    )
    assert run["settings"]["surrogates"] == [jury, "tiny/regnet+quantise-weights:bits=3"]
    assert set(run["iterations"][-1]["weights"]) == set(run["settings"]["surrogates"])
    assert "Part of what is attacked" in run["notes"][0]
    groups = {finding["juror"]["name"]: finding["juror"]["group"] for finding in run["jurors"]}
    assert groups[jury] == "surrogate"
    assert not {"tiny/resnet", "tiny/densenet", "tiny/regnet"} & set(groups)


def test_a_data_url_is_a_picture_too(client: Client, lion: str) -> None:
    import base64

    buffer = io.BytesIO()
    Image.open(lion).convert("CMYK").save(buffer, "JPEG")
    url = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
    _, run = ask(client, {"url": url, "meta": {"_type": "gradio.FileData"}}, iterations=1, **FEW)
    assert json.dumps(run)


def test_only_the_documented_endpoint_is_public(client: Client) -> None:
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/attack"}


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}])
@pytest.mark.parametrize("name", ["secret.png", "../secret.png", "link.png", "/dev/ptmx", "/proc/self/environ", ""])
def test_no_other_file_can_be_read(address: str, lion: str, tmp_path: Path, name: str, meta: Any) -> None:
    """By plain HTTP, with a path of the client's own invention."""
    uploads = Path(gr.utils.get_upload_folder())
    uploads.mkdir(parents=True, exist_ok=True)
    for folder in (tmp_path, uploads.parent):
        shutil.copy(lion, folder / "secret.png")
    (uploads / "link.png").unlink(missing_ok=True)
    (uploads / "link.png").symlink_to(tmp_path / "secret.png")
    paths = {"secret.png": tmp_path / name, "../secret.png": f"{uploads}/{name}", "link.png": uploads / name}
    said = posted(address, {"path": str(paths.get(name, name)), **meta})
    assert said["type"] == "error"
    assert any(words in said["said"] for words in ("upload it", "cache dir", "no picture yet")), said


def posted(address: str, picture: Any) -> dict[str, str]:
    """The last event of a run that was asked for by plain HTTP with all its defaults, or the refusal."""
    base = f"{address.rstrip('/')}/gradio_api/call/attack"
    data = [picture, *(api.default(name) for name in api.SETTINGS)]
    with httpx.Client(timeout=60) as client:
        answer = client.post(base, json={"data": data})
        if answer.status_code != 200:
            return {"type": "error", "said": answer.text}
        told = client.get(f"{base}/{answer.json()['event_id']}").text
    event, said = told.strip().splitlines()[-2:]
    return {"type": event.partition(": ")[2], "said": said.partition(": ")[2]}


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        ({"url": "https://example.org/cat.png"}, "upload it"),
        ({"url": "data:image/png;base64,AAAA"}, "cannot be read"),
        ({"url": "data:image/png;base64," + "A" * (2 * 2**20)}, "as uploads of up to 40 MB"),
    ],
)
def test_odd_payloads_get_a_sentence(address: str, picture: Any, sentence: str) -> None:
    said = posted(address, {**picture, "meta": {"_type": "gradio.FileData"}})
    assert said["type"] == "error"
    assert sentence in said["said"]


@pytest.mark.slow
def test_a_run_is_told_as_it_goes_and_ends_when_nobody_listens(client: Client, lion: str) -> None:
    job = client.submit(handle_file(lion), attack="smer", iterations=60, api_name="/attack", **FEW)
    while not job.done() and not any("step" in told for _, told in job.outputs()):
        time.sleep(0.1)
    told = [told for _, told in job.outputs()]
    assert told[0] == {"place": 0, "seconds_left": 0}
    assert told[-1]["steps"] == 60
    job.cancel()
    began = time.perf_counter()
    ask(client, handle_file(lion), iterations=1, **FEW)
    assert time.perf_counter() - began < 20, "the cancelled run still holds the machine"

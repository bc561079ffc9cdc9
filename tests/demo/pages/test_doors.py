"""The server's doors, knocked at by plain HTTP on this machine."""

from __future__ import annotations

import asyncio
import base64
import random
from typing import Any

import brotli
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from demo.pages import doors, health


@pytest.fixture(scope="module")
def base(address: str) -> str:
    return address.rstrip("/")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("run/attack", {"data": []}),
        ("api/attack", {"data": []}),
        ("run/predict", {"data": [], "api_name": "/attack"}),
        ("run/attack/", {"data": [None] * 19, "session_hash": "me"}),
    ],
)
def test_nobody_walks_around_the_queue(base: str, path: str, body: dict[str, Any]) -> None:
    answer = httpx.post(f"{base}/gradio_api/{path}", json=body)
    assert answer.status_code in (404, 422, 500), answer.text
    assert "iterations" not in answer.text


def test_no_number_of_an_event_leads_around_the_queue(base: str) -> None:
    """Every event of the page, by its number: what computes is refused, or wants the queue."""
    config = httpx.get(f"{base}/config").json()
    heavy = [event["id"] for event in config["dependencies"] if event["queue"] is not False]
    assert heavy
    for number in heavy:
        answer = httpx.post(f"{base}/gradio_api/run/predict", json={"data": [], "fn_index": number})
        assert answer.status_code == 404
        assert "queue" in answer.text


@pytest.mark.parametrize("path", ["deep_link?session_hash=me", "deep_link/?session_hash=me"])
def test_nobody_has_files_written_by_asking_for_links(base: str, path: str) -> None:
    answer = httpx.get(f"{base}/gradio_api/{path}")
    assert answer.status_code == 404
    assert "Copy a link" in answer.json()["error"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_foreign_name_is_not_answered(base: str, host: str) -> None:
    assert httpx.get(base, headers={"host": host}).status_code == 400


def test_where_others_can_reach_it_any_name_will_do_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doors.answered("0.0.0.0") == ("*",)
    monkeypatch.setenv("QUORUM_HOSTS", "quorum.example, www.quorum.example")
    assert doors.answered("0.0.0.0") == ["quorum.example", "www.quorum.example"]


@pytest.mark.parametrize("path", ["upload", "call/attack", "queue/join"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1.evil.example"])
def test_other_pages_may_not_post(base: str, path: str, origin: str) -> None:
    answer = httpx.post(f"{base}/gradio_api/{path}", headers={"origin": origin}, files={"files": b"x"})
    assert answer.status_code == 403
    assert "other pages" in answer.json()["error"]


def test_the_page_itself_and_programs_may(base: str) -> None:
    for headers in ({"origin": base}, {}):
        assert httpx.post(f"{base}/gradio_api/upload", headers=headers, files={"files": b"x"}).status_code == 200


@pytest.mark.parametrize("name", ["QUORUM_HOSTS", "SPACE_HOST"])
def test_behind_a_proxy_that_renames_us_our_own_name_is_no_foreign_one(
    base: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"origin": "https://quorum.example"}
    assert httpx.post(f"{base}/gradio_api/upload", headers=headers, files={"files": b"x"}).status_code == 403
    monkeypatch.setenv(name, "quorum.example")
    assert httpx.post(f"{base}/gradio_api/upload", headers=headers, files={"files": b"x"}).status_code == 200


@pytest.mark.parametrize(("path", "size"), [("call/attack", doors.MOST_JSON + 1), ("upload", doors.MOST_UPLOAD + 1)])
def test_what_is_too_large_is_refused(base: str, path: str, size: int) -> None:
    answer = httpx.post(f"{base}/gradio_api/{path}", content=b"x" * size)
    assert answer.status_code == 413
    assert "40 MB" in answer.json()["error"]


def test_who_announces_nothing_is_stopped_all_the_same(base: str) -> None:
    def pieces() -> Any:
        for _ in range(40):
            yield b"x" * 2**16

    try:
        answer = httpx.post(f"{base}/gradio_api/call/attack", content=pieces())
    except httpx.HTTPError:  # the connection was ended
        return
    assert answer.status_code >= 400


def test_every_answer_tells_the_browser_what_it_may_do(base: str) -> None:
    for path in ("/", "/config", "/nothing"):
        headers = httpx.get(base + path).headers
        for name, value in doors.HEADERS.items():
            assert headers[name] == value


def test_health_says_whether_it_can_work(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    health.ready.set()
    told = httpx.get(f"{base}/health")
    assert told.status_code == 200
    assert told.json()["ready"] is True
    assert told.json()["device"] in ("cpu", "cuda")
    assert "torch" in told.json()["versions"]
    monkeypatch.setattr(health.ready, "is_set", lambda: False)
    assert httpx.get(f"{base}/health").status_code == 503


@pytest.mark.parametrize("path", doors.PACKED)
def test_the_page_comes_packed_to_whom_it_may(base: str, path: str) -> None:
    answer = httpx.get(base + path, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.num_bytes_downloaded < len(answer.content) / 4
    plain = httpx.get(base + path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.status_code == answer.status_code == 200


def test_what_a_run_tells_comes_packed_at_once_and_a_picture_counts_once() -> None:
    picture = base64.b64encode(random.Random(0).randbytes(60_000))
    between = base64.b64encode(random.Random(1).randbytes(400_000))

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in (picture, between, picture):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def came(*headers: tuple[bytes, bytes]) -> list[bytes]:
        pieces: list[Message] = []

        async def send(message: Message) -> None:
            pieces.append(message)

        scope = {"type": "http", "method": "GET", "path": doors.TOLD, "headers": list(headers)}
        asyncio.run(doors.Doors(run)(scope, None, send))  # type: ignore[arg-type]
        return [piece["body"] for piece in pieces[1:]]

    def unpacked(piece: bytes) -> bytes:
        parts = [unpacker.process(piece)]
        while parts[-1]:
            parts.append(unpacker.process(b""))
        return b"".join(parts)

    browser, brotlis = (b"sec-fetch-site", b"same-origin"), (b"accept-encoding", b"gzip, br")
    packed, unpacker = came(browser, brotlis), brotli.Decompressor()
    assert [unpacked(piece) for piece in packed] == [picture, between, picture, b""]
    assert len(packed[0]) < 0.8 * len(picture), "text that stands for bytes takes a third more than they do"
    assert len(packed[2]) < 0.05 * len(picture)
    for others in ([brotlis], [browser, (b"accept-encoding", b"gzip")]):
        assert came(*others)[:3] == [picture, between, picture]


def test_the_queue_is_where_it_is_packed(base: str) -> None:
    config = httpx.get(f"{base}/config").json()
    number = next(event["id"] for event in config["dependencies"] if event["queue"] is not False)
    joined = {"data": [], "fn_index": number, "session_hash": "packed"}
    assert httpx.post(f"{base}/gradio_api/queue/join", json=joined).status_code == 200
    asked = {
        "params": {"session_hash": "packed"},
        "headers": {"accept-encoding": "br", "sec-fetch-site": "same-origin"},
    }
    with httpx.stream("GET", base + doors.TOLD, **asked) as told:  # type: ignore[arg-type]
        assert told.headers["content-encoding"] == "br"
        assert next(told.iter_lines()).startswith("data:")

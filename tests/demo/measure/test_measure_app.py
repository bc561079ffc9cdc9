"""What a visitor meets, as it is counted; the visit itself is made by `python -m demo.benchmark app`."""

from types import SimpleNamespace

import pytest

from demo.measure import app


def test_a_row_has_count_median_and_interval_in_its_unit():
    found = {("first frame", "s"): [0.1 * place for place in range(1, 8)], ("first load", "kB"): [800.4, 801.0]}
    assert list(app.rows(found)) == [
        "| first frame | 7 | 0.40 s | 0.10 s to 0.70 s |",
        "| first load | 2 | 801 kB | too few |",
    ]


def test_bytes_are_counted_once_whether_an_answer_ends_or_not():
    heard = {}
    session = SimpleNamespace(send=lambda _: None, on=heard.__setitem__)
    kilobytes = app.received(SimpleNamespace(context=SimpleNamespace(new_cdp_session=lambda _: session)))
    piece, whole = heard["Network.dataReceived"], heard["Network.loadingFinished"]
    piece({"requestId": "a run", "encodedDataLength": 2000})
    piece({"requestId": "a run", "encodedDataLength": 3000})
    piece({"requestId": "a script", "encodedDataLength": 400})
    whole({"requestId": "a script", "encodedDataLength": 1000})
    whole({"requestId": "a cached one", "encodedDataLength": 0})
    assert kilobytes() == 6.0


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(app.shutil, "which", lambda _: None)
    with pytest.raises(ValueError, match="apt-get install chromium"), app.browsing():
        pass

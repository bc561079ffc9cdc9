"""Gradio's stubs for editors, which a server needs not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def no_stubs() -> Iterator[None]:
    """What imports Gradio in here waits half as long: no editor's stubs are written.

    Gradio 6 parses the source of all its components, 81 of them, whenever it is imported, and writes a `.pyi` file
    beside each. It leaves out a class whose file cannot be told, and in here that is each of its own. Nothing of
    Gradio's is touched: a release that goes about it in another way is as slow as it was, no more.
    """
    told = inspect.getfile

    def getfile(asked: Any) -> str:
        if inspect.isclass(asked) and asked.__module__.startswith("gradio."):
            raise OSError("its stub is not to be written")
        return told(asked)

    inspect.getfile = getfile  # type: ignore[assignment]  # the same, for what it is asked
    try:
        yield
    finally:
        inspect.getfile = told

"""What Gradio and torch do as they begin, and a server of one page never needs: a third of the start."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from importlib import import_module
from types import ModuleType
from typing import Any

LATER = ("pandas", "torch._meta_registrations")
"""Gradio asks pandas how to remember a table; torch asks the other about tensors without values, for its compiler."""


@contextmanager
def lean() -> Iterator[None]:
    """For the time in which the libraries are imported and the page is built.

    Nothing of theirs is touched afterwards: a release that goes about it in another way is as slow as it was, no more.
    """
    with ExitStack() as left_out:
        left_out.enter_context(no_stubs())
        for name in LATER:
            left_out.enter_context(later(name))
        yield


@contextmanager
def no_stubs() -> Iterator[None]:
    """What imports Gradio in here waits half as long: no editor's stubs are written.

    Gradio 6 parses the source of all its components, 81 of them, whenever it is imported, and writes a `.pyi` file
    beside each. It leaves out a class whose file cannot be told, and in here that is each component's, ours as well.
    """
    told = inspect.getfile

    def getfile(asked: Any) -> str:
        if type(asked).__name__ == "ComponentMeta":
            raise OSError("its stub is not to be written")
        return told(asked)

    inspect.getfile = getfile  # type: ignore[assignment]  # the same, for what it is asked
    try:
        yield
    finally:
        inspect.getfile = told


@contextmanager
def one_server() -> Iterator[None]:
    """For the time in which a page is built: only its launch makes a server of it.

    Gradio makes one with every route as a page begins, as it ends and as its queue is set, and throws each away.
    """
    from gradio.routes import App

    made = App.create_app
    App.create_app = staticmethod(lambda *_, **__: None)
    try:
        yield
    finally:
        App.create_app = staticmethod(made)


def no_matplotlib() -> None:
    """Gradio imports it for whatever it is asked, half a second and 25 MB, lest it open a window. Nothing here does:
    what is drawn is drawn without it, and the library of saliency that brings it along draws nothing for us."""
    from gradio import utils

    utils.MatplotlibBackendMananger = nullcontext


@contextmanager
def later(name: str) -> Iterator[None]:
    """What imports the module in here gets it when it asks for something of it; what does so afterwards, at once."""
    if name in sys.modules:
        yield
        return
    stand_in = sys.modules[name] = _Later(name)
    try:
        yield
    finally:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]


class _Later(ModuleType):
    """Stands for a module until something of it is asked for. Python's own would come as soon as anybody goes through
    all modules to see where a function was written, as torch does."""

    def __getattr__(self, asked: str) -> Any:
        if asked in ("__file__", "__wrapped__"):
            raise AttributeError(asked)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), asked)

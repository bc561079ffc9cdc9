"""Opens the page: `python app.py`. Flags and environment, and nothing else."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import socket
import threading
from contextlib import nullcontext, suppress
from itertools import chain
from pathlib import Path

from demo.pages.lean import lean, no_matplotlib, no_stubs, one_server
from demo.pages.memory import few_heaps, give_back

# Before torch is imported. Idle threads must soon sleep rather than spin: with two runs at once, or any other work on
# the machine, spinning threads wait for each other and a run of one second takes minutes. Sleeping at once doubles it.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
# What oneDNN makes for a network's layers, 150 things, is made again where it has been forgotten, and not safely where
# two threads do so at the same time (`models.rehearsals`). 4,000 of them take 90 MB.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# What Gradio sums up of its events nobody reads here, and for the first sum it imports pandas.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
os.environ.setdefault("NO_PROXY", "localhost,127.0.0.1")
few_heaps()


def main() -> None:
    """Reads the flags, builds the page, launches it."""
    parser = argparse.ArgumentParser(description="Quorum: how one picture can fool a whole jury of neural networks.")
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on"
    )
    parser.add_argument("--port", type=int, default=os.environ.get("GRADIO_SERVER_PORT", "7860"), help="port")
    parser.add_argument("--open", action="store_true", help="open the browser")
    parser.add_argument("--check", action="store_true", help="run all that a talk shows, once, say ready, and end")
    flags = parser.parse_args()
    if taken(flags.host, flags.port):
        raise SystemExit(f"Port {flags.port} of {flags.host} is taken: choose another with --port.")
    from demo.pages.home import home

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("quorum").setLevel(os.environ.get("QUORUM_LOG", "INFO").upper())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, and leaves nothing on the disk
    well = True
    with suppress(KeyboardInterrupt), home() as folder:
        if flags.check:
            well = check(folder / "examples", flags.host, flags.port)
        else:
            launch(folder / "examples", flags.host, flags.port, flags.open)
    os._exit(not well)  # a run under way is a thread that would keep us for as long as it takes


def taken(host: str, port: int) -> bool:
    """Whether somebody else listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((host, port))
        except OSError:
            return True
    return False


def launch(folder: Path, host: str, port: int | None, browser: bool = False, block: bool = True) -> str:
    """Builds the page with its examples in `folder`, and serves it; gives the address. port: None for any free one."""
    gc.disable()  # nothing that is imported or built here is garbage; looking for it takes a tenth of the start
    shared = bool(os.environ.get("SPACES_ZERO_GPU"))
    with no_stubs() if shared else lean():  # shared GPUs bring patches of torch of their own
        from demo.pages import doors, health, page, sessions
    no_matplotlib()
    sessions.keep_little()

    if shared:
        warm()  # shared GPUs want the networks in place before the first fork
    with nullcontext() if shared else one_server():
        blocks = page.build(folder).queue(max_size=256, default_concurrency_limit=8, api_open=False)
    _, address, _ = blocks.launch(
        server_name=host,
        server_port=port,
        max_threads=96,  # who waits in line keeps one
        inbrowser=browser,
        prevent_thread_lock=True,
        quiet=not block,
        theme=page.THEME,
        css=page.style(),
        head=page.head(),
        ssr_mode=False,
        run_history=False,
        enable_monitoring=False,
        show_error=True,  # what Gradio refuses is said; our own handlers let no other error through
        max_file_size="40mb",
        state_session_capacity=sessions.VISITORS,
        allowed_paths=[str(folder)],
        app_kwargs={"middleware": doors.middleware(host), "routes": [health.ROUTE]},
        footer_links=["api"],
    )
    gc.enable()
    if not shared:  # once the page answers: until then each would only hold up the other
        threading.Thread(target=warm, daemon=True).start()
    if block:
        threading.Event().wait()  # Gradio's own wait would see every listener out before it ends
    return address


def check(folder: Path, host: str, port: int) -> bool:
    """The morning of the talk: whether everything that is shown works, each with its seconds."""
    from demo.pages.rehearsal import rehearsed

    address = launch(folder, host, port, block=False)
    well = True
    for fine, line in rehearsed(folder, address, warm):
        print(line, flush=True)
        well = well and fine
    print("ready" if well else "Not ready: see the lines that begin with FAIL.", flush=True)
    return well


def warm() -> None:
    """Loads the networks that the page asks by itself, so that the first visitor need not wait for them."""
    import models
    from demo.attacks.abreast import by_itself
    from demo.pages import health
    from demo.run.device import best
    from models.availability import at_hand
    from models.loading import expect_attack
    from models.packs import DEFAULT_PACK, OPENING_PACK, PACKS

    opening, default = PACKS[OPENING_PACK], PACKS[DEFAULT_PACK]
    for name in filter(at_hand, (*chain(*opening.starters()), *default.held_out())):
        models.load(name, best())
    with by_itself():  # as they are then asked
        for name in filter(at_hand, (*opening.starters().surrogates, *default.starters().surrogates)):
            expect_attack(models.load(name, best()))  # once the page has all it needs to look
    give_back()  # reading and preparing them has taken twice what they keep
    health.ready.set()


if __name__ == "__main__":
    main()

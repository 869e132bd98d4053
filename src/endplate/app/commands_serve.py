"""The command that answers a browser on this computer: serve."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import webbrowser
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.app.exits import ExitCode
from endplate.app.store_place import Place, opened
from endplate.errors import InputError, library
from endplate.knowledge.vocabulary.wording import BANNER

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST = "127.0.0.1"
CASES = Path("endplate-cases")
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]
Cases = Annotated[Path, typer.Option("--cases", metavar="DIR", help="Folder in which cases are kept.")]
Trainings = Annotated[
    Path | None,
    typer.Option(
        "--trainings", metavar="DIR", help="Folder with trainings of your own (YAML) for the trainer."
    ),
]
OpenApi = Annotated[bool, typer.Option("--openapi", help="Print the OpenAPI document and stop.")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the link in the browser.")]
Token = Annotated[
    str | None, typer.Option("--token", envvar="ENDPLATE_TOKEN", help="Instead of a token made for this run.")
]


def serve(
    port: Port = 0,
    cases: Cases = CASES,
    store: Place = None,
    openapi: OpenApi = False,
    browser: Browser = True,
    token: Token = None,
    trainings: Trainings = None,
) -> int:
    """Answer a browser on this computer, and on this computer only, until it is stopped."""
    library("uvicorn", "web")
    library("fastapi", "web")
    from endplate.app.server.application import create_app
    from endplate.app.server.settings import Settings, new_token

    own = token or new_token()
    if trainings is not None and not os.path.isdir(trainings):
        message = f"{trainings} is no folder"
        raise InputError(
            message, rule="trainings", remedy="Name one that holds YAML files.", field="--trainings"
        )
    if openapi:
        app = create_app(Settings(Path(os.path.realpath(cases)), own))
        sys.stdout.write(json.dumps(app.openapi(), indent=1) + "\n")
        return ExitCode.DONE
    with opened(store) if store else nullcontext() as kept:
        held = _bound(port)
        link = f"http://{HOST}:{held.getsockname()[1]}/#token={own}"
        _answer(
            create_app(Settings(Path(os.path.realpath(cases)), own, kept, trainings)), held, link, browser
        )
    return ExitCode.DONE


def _answer(app: FastAPI, held: socket.socket, link: str, browser: bool) -> None:
    """Tell the link, then answer on a socket until stopped."""
    import uvicorn

    from endplate.app.server.application import warm

    lines = (BANNER, f"endplate answers on this computer only: {link}", "Stop with Ctrl-C.", "")
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
    if browser and sys.stdout.isatty():
        webbrowser.open(link)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=20, server_header=False)
    )
    warming = threading.Thread(target=warm, daemon=True)
    warming.start()
    try:
        server.run(sockets=[held])
    finally:
        app.state.jobs.close()
        warming.join()  # compiled code must not be cut short


def _bound(port: int) -> socket.socket:
    """A socket on the loopback address.

    Raises:
        InputError: the port is taken.
    """
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((HOST, port))
        held.listen()  # from now on a browser waits instead of being turned away
    except OSError as error:
        held.close()
        raise InputError(
            f"Port {port} cannot be used: {error.strerror}",
            rule="port",
            remedy="Give another one, or none for a free one.",
            field="--port",
        ) from error
    return held

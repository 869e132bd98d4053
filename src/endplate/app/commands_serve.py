"""The command that answers a browser on this computer: serve."""

from __future__ import annotations

import json
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from endplate.app.exits import ExitCode
from endplate.errors import InputError, library
from endplate.knowledge.vocabulary.wording import BANNER

HOST = "127.0.0.1"
CASES = Path("endplate-cases")
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")]
Cases = Annotated[Path, typer.Option("--cases", metavar="DIR", help="Folder in which cases are kept.")]
OpenApi = Annotated[bool, typer.Option("--openapi", help="Print the OpenAPI document and stop.")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the link in the browser.")]
Token = Annotated[
    str | None, typer.Option("--token", envvar="ENDPLATE_TOKEN", help="Instead of a token made for this run.")
]


def serve(
    port: Port = 0,
    cases: Cases = CASES,
    openapi: OpenApi = False,
    browser: Browser = True,
    token: Token = None,
) -> int:
    """Answer a browser on this computer, and on this computer only, until it is stopped."""
    uvicorn = library("uvicorn", "web")
    library("fastapi", "web")
    from endplate.app.server.application import create_app, warm
    from endplate.app.server.settings import Settings

    settings = Settings(cases.resolve(), token) if token else Settings(cases.resolve())
    app = create_app(settings)
    if openapi:
        sys.stdout.write(json.dumps(app.openapi(), indent=1) + "\n")
        return ExitCode.DONE
    held = _bound(port)
    link = f"http://{HOST}:{held.getsockname()[1]}/#token={settings.token}"
    lines = (BANNER, f"endplate answers on this computer only: {link}", "Stop with Ctrl-C.", "")
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
    if browser and sys.stdout.isatty():
        webbrowser.open(link)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=20, server_header=False)
    )
    threading.Thread(target=warm, daemon=True).start()
    server.run(sockets=[held])
    app.state.jobs.close()
    return ExitCode.DONE


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

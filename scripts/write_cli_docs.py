"""Write the command reference from what each command prints for --help.

Run: python scripts/write_cli_docs.py docs/cli.md
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HEADER = "# Commands\n\nWritten by `make docs` from `endplate --help` and the help of every command.\n"


def command_paths() -> list[tuple[str, ...]]:
    """Every command of the program, groups before what they hold; the program itself is ()."""
    from typer.main import get_command

    from endplate.app.cli import app

    paths: list[tuple[str, ...]] = []
    waiting: list[tuple[tuple[str, ...], object]] = [((), get_command(app))]
    while waiting:
        path, command = waiting.pop(0)
        paths.append(path)
        inner: dict[str, object] = getattr(command, "commands", {})
        waiting[:0] = [((*path, name), held) for name, held in inner.items()]
    return paths


def help_text(path: tuple[str, ...]) -> str:
    """What ``endplate PATH --help`` prints, without colour, 100 columns wide."""
    program = Path(sys.executable).with_name("endplate")
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [str(program), *path, "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def document() -> str:
    """The whole reference as Markdown."""
    parts = [HEADER]
    for path in command_paths():
        title = " ".join(("endplate", *path))
        parts.append(f"## {title}\n\n```text\n{help_text(path)}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the reference to the file named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: write_cli_docs.py FILE")
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(document(), encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()

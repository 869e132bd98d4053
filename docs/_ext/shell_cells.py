"""Cells of the pages that call a shell: the examples at hand, what is printed in one piece, no colour."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

_FORCED = ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")  # a notebook asks every program for colours


def _bash(line: str, cell: str) -> None:
    """Run a cell as a person's shell would; a command that fails ends the build."""
    shown = {name: held for name, held in os.environ.items() if name not in _FORCED} | {"TERM": "dumb"}
    done = subprocess.run(
        ["bash", "-c", cell], env=shown, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout.rstrip("\n"))
    done.check_returncode()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring the examples into the folder of the page, and take over ``%%bash``."""
    shutil.copytree(Path(os.environ["REPOSITORY"]) / "examples", "examples", dirs_exist_ok=True)
    shell.magics_manager.register_function(_bash, "cell", "bash")

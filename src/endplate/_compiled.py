"""numba's compiler, with a folder for compiled code wherever one can be had.

numba keeps compiled code beside the source or in the user's home, and refuses to work where it may write in
neither. Then a folder of this user's own among the temporary files takes it, until these are cleared; without
even that every start compiles anew. The setting holds for all that numba compiles in this process.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from endplate._version import MODEL_VERSION, __version__

Function = TypeVar("Function", bound=Callable[..., Any])

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def njit(*, inner: bool = False, **options: Any) -> Callable[[Function], Function]:
    """As ``numba.njit`` with options.

    Args:
        inner: only compiled functions call it; what Python would need for that is spared.
        options: of ``numba.njit``; ``cache`` holds as far as anything can be kept.
    """
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True} if inner else {}
    if KEPT is None:
        options.pop("cache", None)
    return cast("Callable[[Function], Function]", numba.njit(**options))


def private_folder() -> Path | None:
    """A folder among the temporary files that is this user's alone; None where there is none.

    What lies in it is run: one that somebody else made, or may write in, is not used.
    """
    try:
        folder = Path(tempfile.gettempdir()) / f"endplate-{os.getuid()}-{__version__}-{MODEL_VERSION}"
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _OTHERS
    return folder if own else None


def _looked_for() -> Path | None:
    """Where numba keeps what it compiles of this file; None where it finds no place."""
    try:
        found = numba.njit(cache=True)(_example).stats.cache_path
    except RuntimeError:
        return None
    return Path(found) if found else None


def _example() -> None:
    """Is never called."""


def _place() -> Path | None:
    """Where compiled code is kept, once numba has been told of it."""
    found = _looked_for()
    if found is None and (folder := private_folder()) is not None:
        settings: Any = numba.config
        settings.CACHE_DIR = str(folder)
        found = _looked_for()
    return found


KEPT = _place()
"""The folder that keeps what is compiled of this file; None where nothing can be kept."""

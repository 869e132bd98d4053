"""Work done in a process of its own, which a test may kill."""

from __future__ import annotations

import os


def in_child(work):
    """Run ``work`` in a process of its own, without what pytest does at the end; its number."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid

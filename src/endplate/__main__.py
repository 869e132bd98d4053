"""``python -m endplate``: the same program as the ``endplate`` command."""

from __future__ import annotations

import sys

from endplate.app.cli import main

if __name__ == "__main__":
    sys.exit(main())

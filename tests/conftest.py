"""What tests of several folders share."""

from __future__ import annotations

import importlib
import os

import pytest


@pytest.fixture
def extra():
    """Import a package of an optional extra; without it skip, but fail where CI=true."""

    def load(name, extra="exchange"):
        try:
            return importlib.import_module(name)
        except ImportError:
            told = f'{name} is not installed: pip install "endplate[{extra}]"'
            if os.environ.get("CI") == "true":
                pytest.fail(told)
            pytest.skip(told)

    return load

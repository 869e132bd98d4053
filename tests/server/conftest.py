"""What several tests of the server share."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings

TOKEN = "a-token-of-this-run"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Somebody who asks with the token, in a folder of the module's own."""
    app = create_app(Settings(tmp_path_factory.mktemp("cases"), TOKEN))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, "http://127.0.0.1", headers=headers, raise_server_exceptions=False) as own:
        yield own

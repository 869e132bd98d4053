"""Whatever the OpenAPI document allows and forbids: no fault of ours, no traceback, one shape of error."""

from __future__ import annotations

import tempfile
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings

TOKEN = "t"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Host": "127.0.0.1"}
_FOLDER = tempfile.TemporaryDirectory()
APP = create_app(Settings(Path(_FOLDER.name), TOKEN))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", APP, headers=HEADERS)


@schema.parametrize()
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_asked_breaks_the_server(case):
    response = case.call(headers=HEADERS)
    case.validate_response(
        response,
        checks=[checks.not_a_server_error, schemathesis.specs.openapi.checks.status_code_conformance],
    )
    assert "Traceback" not in response.text
    if response.status_code >= 400:
        error = response.json()["error"]
        assert error["message"] and error["remedy"] and error["rule"] != "endplate_failed"

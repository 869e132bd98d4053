"""Whatever the OpenAPI document allows and forbids: no fault of ours, no traceback, one shape of error."""

from __future__ import annotations

import tempfile
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from endplate.app.examples import example
from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings
from endplate.case import load_case
from endplate.errors import InputError

TOKEN = "t"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Host": "127.0.0.1"}
_FOLDER = tempfile.TemporaryDirectory()


def schema_of(store):
    app = create_app(Settings(Path(_FOLDER.name), TOKEN, store))
    return schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=HEADERS)


def made_store():
    """A store that holds one person; None where the extra is missing."""
    try:
        from endplate.store import Store
    except InputError:
        return None
    store, _ = Store.init(Path(_FOLDER.name) / "store.db")
    with example() as path:
        store.add(load_case(path))
    return store


STORE = made_store()
schema = schema_of(None)
stored = schema_of(STORE).include(path_regex="^/api/store")
asked = settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def answered(case):
    response = case.call(headers=HEADERS)
    case.validate_response(
        response,
        checks=[checks.not_a_server_error, schemathesis.specs.openapi.checks.status_code_conformance],
    )
    assert "Traceback" not in response.text
    if response.status_code >= 400:
        error = response.json()["error"]
        assert error["message"] and error["remedy"] and error["rule"] != "endplate_failed"
    return response


@schema.parametrize()
@asked
def test_nothing_that_is_asked_breaks_the_server(case):
    answered(case)


@stored.parametrize()
@asked
def test_nothing_that_is_asked_breaks_a_server_with_a_store(case, extra):
    """Half of the questions are about the person who is held, as last read."""
    extra("sqlalchemy", "store")
    if "code" in case.path_parameters and len(str(case.body)) % 2:
        case.path_parameters["code"] = "arm-01"
        if isinstance(case.body, dict) and "version" in case.body:
            case.body["version"] = STORE.show("arm-01")["version"]
    response = answered(case)
    assert response.status_code != 404 or response.json()["error"]["rule"] != "no_store"

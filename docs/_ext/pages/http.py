"""Every address of the server, from the OpenAPI document that it serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from endplate.app.server.application import create_app
from endplate.app.server.settings import Settings

_INTRO = """# HTTP

`endplate serve` answers on this computer only; every request but `/api/health` carries the token that the
command prints. [The server](../serve.md) says what it refuses. `endplate serve --openapi` prints the document
that this page is written from.
"""


def _kind(rule: Mapping[str, Any]) -> str:
    """The type of a value, short."""
    if "$ref" in rule:
        return str(rule["$ref"]).rpartition("/")[2]
    if "anyOf" in rule:
        return " or ".join(_kind(part) for part in rule["anyOf"] if part.get("type") != "null")
    if rule.get("type") == "array":
        return f"list of {_kind(rule.get('items', {}))}"
    return str(rule.get("type", "any"))


def _asked(operation: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (row["name"], row["in"], _kind(row["schema"]), "needed" if row.get("required") else "")
        for row in operation.get("parameters", ())
    ]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = parts.get(_kind(content["schema"]), {})
        needed = body.get("required", ())
        rows += [
            (key, "body", _kind(rule), "needed" if key in needed else "")
            for key, rule in body.get("properties", {}).items()
        ]
    if rows:
        yield "| name | where | value | |"
        yield "| --- | --- | --- | --- |"
        yield from (f"| `{name}` | {where} | {kind} | {needed} |" for name, where, kind, needed in rows)
        yield ""


def http_page() -> str:
    """The HTTP reference."""
    document = create_app(Settings(Path(), "token")).openapi()
    parts = document["components"]["schemas"]
    lines = [_INTRO]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines.append(f"## {method.upper()} {path}\n")
            lines.append(" ".join(str(operation.get("description") or operation["summary"]).split()) + "\n")
            lines += _asked(operation, parts)
            told = [f"{code}: {row['description']}" for code, row in operation["responses"].items()]
            lines.append(f"Answers: {'; '.join(told)}\n")
    return "\n".join(lines)

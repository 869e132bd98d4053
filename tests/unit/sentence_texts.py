"""The texts of sentences and faults, read off the source: what a language file has to hold."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

ROOT = Path(__file__).parents[2] / "src"
MADE_BY = {
    "Finding",
    "InputError",
    "Sentence",
    "_bad_days",
    "_finding",
    "_missing",
    "_syntax",
    "_wrong",
    "by_rule",
    "goals_error",
    "problem",
    "wrong",
}
_ALONE = {"design", "none", "primary", "recalled", "secondary", "unknown"}
_NOT_TEXT = {"rule", "file", "field", "line", "name", "unit", "basis"}


def gaps(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts(path: str) -> set[str]:
    """The texts that a module fills or tells as they are, below ``src/endplate``.

    Raises:
        AssertionError: one is glued together, so that no language file could hold it.
    """
    file = ROOT / "endplate" / path
    module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found: set[str] = set()
    scopes = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]
    for scope in scopes:
        for call in _calls(scope):
            for argument in _told(call):
                found |= set(_resolved(argument, scope, module))
    return found


def _calls(scope: ast.AST) -> Iterator[ast.Call]:
    """The calls that make a sentence or a fault, without those of functions inside the scope."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, ast.FunctionDef):
            continue
        if isinstance(child, ast.Call) and _name(child) in MADE_BY:
            yield child
        yield from _calls(child)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _told(call: ast.Call) -> list[ast.expr]:
    if _name(call) == "Sentence":
        return call.args[:1]
    return [*call.args, *(each.value for each in call.keywords if each.arg not in _NOT_TEXT)]


def _resolved(
    node: ast.expr, scope: ast.AST, module: ModuleType, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_text(node.value):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        glued = [part.value for part in node.values if isinstance(part, ast.Constant)]
        assert not any(" " in str(part) for part in glued), (
            f"{module.__name__}:{node.lineno} is glued together"
        )
    elif isinstance(node, ast.IfExp):
        yield from _resolved(node.body, scope, module, seen)
        yield from _resolved(node.orelse, scope, module, seen)
    elif isinstance(node, ast.BoolOp):
        for each in node.values:
            yield from _resolved(each, scope, module, seen)
    elif isinstance(node, ast.Subscript):
        yield from _resolved(node.value, scope, module, seen)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _of_method(node.func, node.args, scope, module, seen)
    elif isinstance(node, ast.Name) and node.id not in seen:
        assigned = list(_assigned(node.id, scope))
        for each in assigned:
            yield from _resolved(each, scope, module, seen | {node.id})
        held = getattr(module, node.id, None)
        if not assigned and isinstance(held, str) and _is_text(held):
            yield getattr(held, "text", held)


def _of_method(
    method: ast.Attribute, given: list[ast.expr], scope: ast.AST, module: ModuleType, seen: frozenset[str]
) -> Iterator[str]:
    """The first line of a text; what a table of the module holds, and what stands for what it does not."""
    if method.attr == "splitlines":
        yield from _resolved(method.value, scope, module, seen)
    if method.attr == "get" and isinstance(method.value, ast.Name):
        table = getattr(module, method.value.id, {})
        yield from (told for told in table.values() if _is_text(told))
        for each in given[1:]:
            yield from _resolved(each, scope, module, seen)


def _is_text(told: str) -> bool:
    """Whether it is for a reader: ids and places in a file have neither spaces nor a full stop at the end."""
    return " " in told or told.endswith(".") or told in _ALONE


def _assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    """What a name is set to in a scope."""
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for one, told in zip(target.elts, node.value.elts, strict=True):
                    if isinstance(one, ast.Name) and one.id == name:
                        yield told

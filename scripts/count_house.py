"""Count what the house is built to, and what it holds; print it as JSON, or write it to the file named.

Lengths of functions and files, public names without a docstring or an annotation, import contracts,
languages, the size of the app, and how many muscles, records, studies, trainings and tests there are.
``offenders`` names what breaks a count; a test of the house holds them (``tests/unit/test_house.py``).

Run: python scripts/count_house.py [docs/data/house.json]
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "endplate"
PAGES = SOURCES / "app" / "server" / "pages"
WEB = ROOT / "web" / "src"
MOST_FILE, MOST_FUNCTION = 400, 50
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Read:
    """A source file: its path below the root, its lines and its tree."""

    name: str
    lines: int
    tree: ast.Module


def read(folder: Path = SOURCES) -> list[Read]:
    """Every Python file of a folder, in order of its path."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))]
    return [
        Read(path.relative_to(folder.parents[1]).as_posix(), len(text.splitlines()), ast.parse(text))
        for path, text in texts
    ]


def public(body: list[ast.stmt], of: str = "") -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Public functions and classes of a module, and those of its public classes, with their dotted names."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{of}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{of}{node.name}.")


def annotated(name: str, node: Function | ast.ClassDef) -> bool:
    """Whether every argument but ``self`` and the answer of a function have their type."""
    if isinstance(node, ast.ClassDef):
        return True
    given = [*node.args.posonlyargs, *node.args.args]
    own = given[1:] if "." in name and given and given[0].arg in ("self", "cls") else given
    rest = [one for one in (node.args.vararg, node.args.kwarg) if one]
    return bool(node.returns) and all(one.annotation for one in (*own, *node.args.kwonlyargs, *rest))


def counts_of_code(files: list[Read]) -> dict[str, Any]:
    """Lengths, documentation and annotation of the sources, and what breaks a count."""
    functions = [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{file.name}::{node.name}")
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, Function)
    ]
    lengths = [length for length, _ in functions]
    names = [(f"{file.name}::{name}", name, node) for file in files for name, node in public(file.tree.body)]
    bare = [file.name for file in files if not ast.get_docstring(file.tree)]
    return {
        "files": len(files),
        "lines": sum(file.lines for file in files),
        "longest_file": max(file.lines for file in files),
        "functions": len(functions),
        "median_function": median(lengths),
        "p95_function": quantiles(lengths, n=20, method="inclusive")[-1],
        "longest_function": max(lengths),
        "public_names": len(names),
        "offenders": {
            "files_over": [f"{file.name}: {file.lines}" for file in files if file.lines > MOST_FILE],
            "functions_over": [
                f"{name}: {length}" for length, name in sorted(functions)[::-1] if length > MOST_FUNCTION
            ],
            "undocumented": bare + [place for place, _, node in names if not ast.get_docstring(node)],
            "unannotated": [place for place, name, node in names if not annotated(name, node)],
        },
    }


def lines_of(paths: Iterator[Path]) -> int:
    """Lines of all these files together."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def counts_of_app() -> dict[str, Any]:
    """Lines of the app's own sources (texts and generated types apart) and kB of its first load, gzipped."""
    own = (path for path in WEB.rglob("*") if path.suffix in (".ts", ".tsx", ".css"))
    index = (PAGES / "index.html").read_text(encoding="utf-8")
    first = re.findall(r"""(?:src|href)=["']\./?([^"']+)["']""", index)
    size = sum(len(gzip.compress((PAGES / name).read_bytes(), mtime=0)) for name in first)
    return {
        "lines": lines_of(path for path in own if path.name != "openapi.ts"),
        "first_load_kB": round(size / 1000, 1),
        "languages": len(list((WEB / "i18n").glob("*.json"))),
    }


def counts_of_contents() -> dict[str, Any]:
    """How much of everything is held."""
    from endplate.knowledge.anatomy import load_bodies
    from endplate.knowledge.evidence import load_records, load_sources
    from endplate.knowledge.labels import load_rules
    from endplate.knowledge.vocabulary import JOINTS, LIMB_MUSCLES, PRODUCTS
    from endplate.questions.train import shipped

    records, trainings = load_records().values(), shipped().values()
    roles = Counter(
        re.findall(r"^role: (\w+)", "\n".join(path.read_text("utf-8") for path in studies()), re.M)
    )
    return {
        "limb_muscles": len(LIMB_MUSCLES),
        "limb_muscles_without_a_body": sorted(set(LIMB_MUSCLES) - set(load_bodies())),
        "joints": len(JOINTS),
        "products": len(PRODUCTS),
        "records": len(records),
        "records_by_basis": dict(sorted(Counter(record.basis for record in records).items())),
        "sources": len(load_sources()),
        "label_rules": len(load_rules()),
        "studies": roles.total(),
        "studies_by_role": dict(sorted(roles.items())),
        "examples": len(list((ROOT / "examples").glob("*.yaml"))),
        "trials": len(list((ROOT / "examples" / "trials").glob("*.yaml"))),
        "trainings": len(trainings),
        "training_levels": len({training.level for training in trainings}),
    }


def studies() -> list[Path]:
    """The study files."""
    return sorted((ROOT / "studies").glob("*.yaml"))


def counts_of_checks() -> dict[str, Any]:
    """Rows of the decision tables, import contracts and test functions."""
    tables = ROOT / "tests" / "unit" / "label_tables"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    return {
        "import_contracts": len(project["tool"]["importlinter"]["contracts"]),
        "label_status_rows": len((tables / "status.csv").read_text(encoding="utf-8").splitlines()) - 1,
        "plan_check_rows": len(re.findall(r"^- ", (tables / "plans.yaml").read_text(encoding="utf-8"), re.M)),
        "test_functions": sum(len(re.findall(r"^ *(?:async )?def test_", text, re.M)) for text in tests),
    }


def counted() -> dict[str, Any]:
    """Every count."""
    return {
        "code": counts_of_code(read()),
        "app": counts_of_app(),
        "held": counts_of_contents(),
        "checks": counts_of_checks(),
    }


def main() -> None:
    """Print the counts, or write them with the day to the file named; where none changed its day stays."""
    if len(sys.argv) > 2:
        sys.exit("usage: count_house.py [FILE]")
    found = {"on": date.today().isoformat(), **counted()}
    if len(sys.argv) == 1:
        print(json.dumps(found, indent=1))
        return
    path = Path(sys.argv[1])
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if held != found | {"on": held.get("on")}:
        path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

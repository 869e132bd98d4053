"""`doctor`: what an installation lacks, what is broken in it, and where compiled code is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import pytest
from program import ADULT, ask, process, strict
from typer.main import get_command

from endplate import _compiled
from endplate.app import doctor, extras
from endplate.app.cli import app, main
from endplate.app.extras import NEEDED_BY, Extra, Package

ROOT = Path(__file__).resolve().parents[2]
NOT_FOR_USERS = {"all", "bench", "dev", "docs"}
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def of(document, name):
    """The extra of that name in an answer."""
    return next(row for row in document["extras"] if row["extra"] == name)


def test_doctor_finds_this_installation_well(capsys):
    code, document, _ = ask(capsys, "doctor", "--warm")
    assert code == 0, document
    names = {check["name"] for check in document["checks"]}
    assert {"python", "numpy", "numba", "compile cache", "examples", "disk", "warm-up"} <= names
    assert document["machine"]["cores"] >= 1 and document["machine"]["memory_MB"] > 100


def test_doctor_lists_licences(capsys):
    _, document, _ = ask(capsys, "doctor", "--licences")
    names = {row["name"] for row in document["licences"]}
    assert {"endplate", "numpy", "llvmlite"} <= names
    assert all(row["licence"] for row in document["licences"])
    assert main(["doctor", "--licences"]) == 0
    assert "numpy" in capsys.readouterr().out


@pytest.mark.timed
def test_doctor_is_quick():
    def seconds():
        since = time.perf_counter()
        assert process("doctor", "--json").returncode == 0
        return time.perf_counter() - since

    assert min(seconds() for _ in range(3)) < 2


def test_every_extra_is_told_with_the_commands_that_need_it():
    """Those of the project file, those of doctor and those of the page are the same; the commands exist."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) - NOT_FOR_USERS == set(NEEDED_BY)
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert [name for name in NEEDED_BY if f"`{name}`" not in page] == []
    for told in (command for commands in NEEDED_BY.values() for command in commands):
        command, words = get_command(app), told.split()
        while words and hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        if words:
            assert any(words[0] in parameter.opts for parameter in command.params), told


def test_the_packages_are_those_the_installed_endplate_asks_for():
    found = extras.packages()
    assert {"numpy", "typer"} <= {package.name for package in found if package.extra is None}
    assert {package.extra for package in found} - {None} == set(NEEDED_BY)
    assert all(package.needed for package in found)


@pytest.mark.parametrize(
    ("version", "needed", "does"),
    [
        ("1.20", ">=1.20", True),
        ("1.20.0", ">=1.20", True),
        ("1.9", ">=1.20", False),
        ("0.23.4", "<1,>=0.20", True),
        ("1.0", "<1,>=0.20", False),
        ("1.0.0rc1", ">=0.20,<1", False),
        ("2024.11.0", ">=2024.11", True),
        ("2.0+cpu", ">=2", True),
        ("3.1", "!=3.1", False),
        ("anything", "", True),
    ],
)
def test_versions_are_compared_number_by_number(version, needed, does):
    assert extras.fits(version, needed) is does


def test_an_extra_is_as_its_worst_package():
    well = Package("polars", ">=1.20", "tables", "1.30", "")
    assert Extra("tables", (well,)).state == "installed" and Extra("tables", (well,)).remedy == ""
    missing = Package("pyarrow", ">=18", "tables", None)
    half = Extra("tables", (well, missing))
    assert half.state == "missing" and half.well and half.found == "pyarrow missing"
    assert half.remedy == "python -m pip install 'endplate[tables]'"
    old = Package("xarray", ">=2024.11", "tables", "2023.1", "")
    older = Extra("tables", (missing, old))
    assert older.state == "wrong_version" and not older.well
    assert older.remedy == "python -m pip install 'endplate[tables]'" and ">=2024.11" in older.found
    base = Package("numpy", ">=2.0", None, "1.26")
    assert base.remedy == "python -m pip install 'numpy>=2.0'"


@pytest.fixture
def shadowed(tmp_path):
    """The environment of a process that finds a package of this text in place of the installed one."""

    def made(package, text):
        folder = tmp_path / "shadow" / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(text, encoding="utf-8")
        paths = [str(folder.parent), str(ROOT / "src")]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

    return made


def test_an_extra_that_does_not_load_is_one_sentence(shadowed, tmp_path):
    environment = shadowed(
        "typst", "raise ImportError('libtypst.so.1: cannot open shared object file\\nmore')"
    )
    done = process("doctor", "--json", env=environment)
    broken = of(strict(done.stdout), "pdf")
    assert done.returncode == 1 and broken["state"] == "broken"
    assert broken["remedy"].startswith("python -m pip install --force-reinstall 'typst>=")
    told = process("doctor", env=environment)
    assert "does not load (ImportError: libtypst.so.1" in " ".join(told.stdout.split())
    assert told.stderr == ""
    asked = process("run", ADULT, "--pdf", "--out", str(tmp_path / "out"), env=environment)
    assert asked.returncode == 2 and asked.stderr.count("\n") == 1
    assert "typst is installed and does not load (ImportError: libtypst.so.1" in asked.stderr
    assert not (tmp_path / "out").exists()


def test_a_package_that_ends_python_does_not_end_doctor(shadowed):
    done = process("doctor", "--json", env=shadowed("uvicorn", "import os\nos.abort()"))
    assert done.returncode == 1
    web = of(strict(done.stdout), "web")
    (uvicorn,) = (row for row in web["packages"] if row["name"] == "uvicorn")
    assert web["state"] == "broken" and uvicorn["loads"] is False


def test_a_broken_base_package_is_told_without_a_traceback(shadowed):
    done = process("doctor", "--json", env=shadowed("numba", "raise RuntimeError('needs another NumPy')"))
    assert done.returncode == 1, done.stderr
    checks = {check["name"]: check for check in strict(done.stdout)["checks"]}
    assert "needs another NumPy" in checks["numba"]["found"] and not checks["compile cache"]["ok"]
    assert "Traceback" not in done.stderr


# ---- where compiled code is kept -----------------------------------------------------------------


def test_doctor_says_that_the_folder_asked_for_cannot_be_written(capsys, monkeypatch, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("", encoding="utf-8")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(taken))
    code, document, _ = ask(capsys, "doctor")
    assert code == 1
    assert [check["name"] for check in document["checks"] if not check["ok"]] == ["compile cache"]


def test_the_folder_among_temporary_files_is_the_users_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = _compiled.private_folder()
    assert folder.parent == tmp_path and folder.stat().st_mode & 0o777 == 0o700
    assert _compiled.private_folder() == folder
    folder.chmod(0o770)
    assert _compiled.private_folder() is None
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert _compiled.private_folder() is None


@pytest.mark.parametrize("temporary", [True, False])
def test_a_read_only_installation_without_a_home_still_works(tmp_path, temporary):
    """Code goes among the temporary files where that can be, and is compiled anew where it cannot."""
    rights = WITHOUT_RIGHTS if os.getuid() == 0 else ()
    if rights and not shutil.which(rights[0]):
        pytest.skip("running as root without setpriv, nothing is read-only")
    package, home, place = (tmp_path / name for name in ("site", "home", "temporary"))
    left_out = shutil.ignore_patterns("__pycache__", "pages")
    shutil.copytree(ROOT / "src" / "endplate", package / "endplate", ignore=left_out)
    shutil.copytree(ROOT / "examples", package / "endplate" / "examples")
    for folder in (home, place):
        folder.mkdir()
    place.chmod(0o700 if temporary else 0o500)
    home.chmod(0o500)
    for folder in (package, *(each for each in package.rglob("*") if each.is_dir())):
        folder.chmod(0o500)
    code = (
        f"import sys, tempfile; tempfile.tempdir = {str(place)!r}; from endplate.app.cli import main;"
        "sys.exit(main(['doctor', '--json']))"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(package)}
    done = subprocess.run(
        [*rights, sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    for folder in (package, *(each for each in package.rglob("*") if each.is_dir())):
        folder.chmod(0o700)  # pytest clears up
    checks = strict(done.stdout)["checks"]
    (cache,) = (check for check in checks if check["name"] == "compile cache")
    assert [check for check in checks if not check["ok"]] == ([] if temporary else [cache])
    assert done.returncode == (0 if temporary else 1), done.stderr
    assert (str(place) in cache["found"]) is temporary
    assert ("only as long as temporary files are" in cache["found"]) is temporary
    assert "other programs" not in cache["found"]


def test_a_folder_for_compiled_code_that_was_named_may_be_shared(monkeypatch, tmp_path):
    named = tmp_path / "kept"
    named.mkdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(named))
    monkeypatch.setattr(_compiled, "KEPT", named / "endplate_0")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert doctor.check_cache_folder().found.endswith("with those of other programs that share it")

"""The container file fits the project: its Python, what it copies, what it installs, and who it runs as.

A build needs an engine and a base image from outside; what is read off the file is what a build would do.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = ROOT / "requirements.lock"


def lines():
    """Every instruction as (word, rest), continuation lines joined."""
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in TEXT.splitlines() if not line.startswith("#")))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line]


def told(word):
    """What follows every instruction of that kind."""
    return [rest for name, rest in lines() if name == word]


def given(name):
    """What an argument of the build is where nobody says otherwise."""
    (value,) = (rest.partition("=")[2] for rest in told("ARG") if rest.startswith(f"{name}="))
    return value


def test_the_base_is_one_pinned_python_that_the_project_supports():
    assert {rest.split()[0] for rest in told("FROM")} == {"$BASE"}
    image = given("BASE")
    version = re.fullmatch(r"python:(\d+\.\d+\.\d+)-slim-\w+", image).group(1)
    oldest = re.fullmatch(r">=(\d+\.\d+)", PROJECT["requires-python"]).group(1)
    minor = version.rpartition(".")[0]
    assert tuple(map(int, minor.split("."))) >= tuple(map(int, oldest.split(".")))
    assert f"Programming Language :: Python :: {minor}" in PROJECT["classifiers"]


def test_what_is_copied_exists_and_is_let_through():
    """Of the files, requirements.lock stands in the repository and the wheel is what `make wheel` builds."""
    sources = [part for rest in told("COPY") if "--from" not in rest for part in shlex.split(rest)[:-1]]
    assert sources == ["requirements.lock", "dist/endplate-*.whl"]
    assert LOCK.is_file()
    assert "--outdir dist" in (ROOT / "Makefile").read_text(encoding="utf-8")
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert allowed[0] == "*"
    for name in ("requirements.lock", f"dist/endplate-{PROJECT['version']}-py3-none-any.whl"):
        assert any(fnmatch(name, rule[1:]) for rule in allowed if rule.startswith("!")), name


def test_nothing_is_installed_without_a_hash():
    installs = [step for rest in told("RUN") for step in rest.split("&&") if "pip install" in step]
    assert len(installs) == 2
    assert all("--require-hashes" in step for step in installs)


def test_the_lock_holds_uv_with_its_hashes():
    """The line that takes uv out of the lock, run as it stands."""
    command = next(rest for rest in told("RUN") if rest.startswith("sed")).partition(">")[0]
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    first, *hashes = done.stdout.splitlines()
    assert re.match(r"uv==[\d.]+ \\$", first)
    assert hashes and all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_the_default_extras_are_extras():
    assert set(given("EXTRAS").split(",")) <= set(PROJECT["optional-dependencies"])


def test_it_runs_as_nobody_of_weight_and_keeps_results_in_a_volume():
    words = [name for name, _ in lines()]
    user = told("USER")[-1]
    assert user.isdigit() and int(user) >= 1000
    assert f"--uid {user} " in TEXT
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert told("ENTRYPOINT") == ['["endplate"]']
    assert told("VOLUME") == told("WORKDIR")[-1:]


def test_it_opens_no_port_and_names_no_host():
    assert told("EXPOSE") == []
    assert not re.search(r"https?://|index-url|0\.0\.0\.0", TEXT)


@pytest.mark.parametrize(
    "told_by_page", ["make wheel", "docker build", "--network host", "--user", "/results"]
)
def test_the_page_tells_how(told_by_page):
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert told_by_page in page.partition("## In a container")[2]

"""No page tells a command or option that there is not: the program's own parser reads them; none is run."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_docs import PAGES

from endplate.app.cli import PROGRAM, app

WRITTEN = ("cli.md",)  # from the help itself
FENCED = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"^(?: {4}|\t)(.*)$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
SPLIT = re.compile(r"\s(?:&&|\|\||\||;|\d?>>?)(?:\s|$)")
CALL = re.compile(rf"^(?:\S+=\S+\s+)*\$?\s*(?:\S*/)?{PROGRAM}(?:\s+|$)")
PLACE = re.compile(r"[A-Z][A-Z_]*(?:\.\.\.)?")


def calls(script):
    """The commands of ours in lines of a shell, each without the program's name."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in SPLIT.split(line):
            if found := CALL.match(part.strip()):
                yield part.strip()[found.end() :]


def told(text):
    """Every command of a page and whether it stands there whole, to be typed as it is."""
    for info, block in FENCED.findall(text):
        if info.strip() in ("sh", "bash", "console") or "%%bash" in block:
            yield from ((call, True) for call in calls(block))
    prose = FENCED.sub("", text)
    for line in INDENTED.findall(prose):
        yield from ((call, True) for call in calls(line))
    for code in INLINE.findall(prose):
        if found := CALL.match(code):
            yield SPLIT.split(code[found.end() :].replace("\\|", "|"))[0], False


def words_of(call):
    """Its words; brackets of what may be left out, and dots, are not words."""
    spelt = re.sub(r"\[(-[^\]]*)\]", r"\1", call)
    return [word for word in shlex.split(spelt, comments=True) if word.strip(".")]


def command_of(words):
    """The commands that the first words name, and the words after them."""
    from typer.main import get_command

    commands = [get_command(app)]
    while words and hasattr(commands[0], "commands") and not words[0].startswith("-"):
        if PLACE.fullmatch(words[0]):
            return [], []
        held = commands[0].commands
        for name in words[0].split("|"):
            assert name in held, f"there is no command {name}, only {', '.join(held)}"
        commands, words = [held[name] for name in words[0].split("|")], words[1:]
    return commands, words


def parse(call, whole):
    """Fail where the program's own parser would refuse the call.

    Args:
        call: what follows the program's name.
        whole: whether what is needed must be there too.
    """
    commands, words = command_of(words_of(call))
    for command in commands:
        context = command.context_class(command, info_name=command.name)
        if words == ["--help"] or (hasattr(command, "commands") and not words and not whole):
            continue
        given, left, _ = command.make_parser(context).parse_args(list(words))
        assert not left, f"{left} stands where nothing is expected"
        for parameter in command.params:
            if whole and parameter.required:
                assert given.get(parameter.name), f"{parameter.name} is missing"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in WRITTEN], ids=lambda page: page.name
)
def test_every_command_of_a_page_is_one_that_the_program_takes(page):
    for call, whole in told(page.read_text(encoding="utf-8")):
        try:
            parse(call, whole)
        except Exception as refused:
            message = getattr(refused, "message", None) or str(refused)
            pytest.fail(f"{page.name}: {PROGRAM} {call}: {message}")


def test_commands_are_found_wherever_they_stand():
    page = """| `endplate labels status\\|limits` | a |

    endplate doctor --warm

```sh
FOO=1 .venv/bin/endplate run CASE --out out && endplate check x.yaml | head  # all
```

```{code-cell} ipython3
%%bash
sed s/a/b/ x.yaml > y.yaml
endplate check y.yaml || echo "exit code $?"
```

`endplate evidence list | trace`, and `endplate-out` is no command.
"""
    assert set(told(page)) == {
        ("labels status|limits", False),
        ("doctor --warm", True),
        ("run CASE --out out", True),
        ("check x.yaml", True),
        ("check y.yaml", True),
        ("evidence list", False),
    }
    assert sum(1 for page in PAGES for _ in told(page.read_text(encoding="utf-8"))) > 100


@pytest.mark.parametrize(
    ("call", "whole"),
    [
        ("simulat CASE", False),
        ("labels status|limit", False),
        ("run CASE --pddf", False),
        ("check a.yaml b.yaml", False),
        ("simulate", True),
        ("labels status --product", False),
    ],
)
def test_what_the_program_would_refuse_is_refused(call, whole):
    with pytest.raises(Exception, match=r"command|option|expected|missing|argument"):
        parse(call, whole)


@pytest.mark.parametrize(
    "call", ["simulate", "evidence list|trace", "COMMAND --help", "labels ...", "run CASE [--pdf]"]
)
def test_what_is_only_named_need_not_be_whole(call):
    parse(call, False)

"""The pages of docs/: every number is listed, and every link leads somewhere."""

import json
import re
import sys
from pathlib import Path

import pytest

from endplate.knowledge.evidence import load_records
from endplate.simulation import MODEL_VERSION

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "generated"
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if not {"generated", "_build"} & set(page.relative_to(ROOT).parts)
]
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')


def text_of(page):
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page):
    """What may stand after # in a link: GitHub's slugs of headings, numbered when repeated, and ids."""
    text = text_of(page)
    found, seen = set(ANCHOR.findall(text)), {}
    for heading in HEADING.findall(text):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return found


def generated():
    """The pages that the documentation site writes at every build, which no checkout holds."""
    sys.path.insert(0, str(ROOT / "docs" / "_ext"))
    from pages import PAGES as written

    return {GENERATED / f"{name}.md" for name in written}


def broken(page, held):
    """Links of a page that lead nowhere; ``held`` keeps the anchors of pages already read."""
    for link in set(LINK.findall(CODE.sub("", text_of(page)))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if target.parent == GENERATED:
            if target not in generated():
                yield link
        elif not target.exists():
            yield link
        elif anchor and target.suffix == ".md":
            if target not in held:
                held[target] = anchors(target)
            if anchor not in held[target]:
                yield link


def test_every_number_is_listed():
    listed = anchors(ROOT / "docs" / "numbers.md")
    missing = sorted(set(load_records()) - listed)
    assert not missing, f"run make docs: docs/numbers.md lacks {missing}"


def test_the_page_of_numbers_tells_what_the_records_hold(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import write_numbers

    assert write_numbers.document() == (ROOT / "docs" / "numbers.md").read_text("utf-8"), "run make docs"


def test_the_model_page_tells_the_version_that_runs():
    assert f"\nVersion {MODEL_VERSION}. " in text_of(ROOT / "docs" / "model.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert not sorted(broken(page, {}))


def test_broken_links_and_anchors_are_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        '# A, b\n\n# A, b\n<a id="x.Y"></a>[1](#a-b) [2](#a-b-1) [3](#x.Y) [4](#c) [5](no.md)\n', "utf-8"
    )
    assert sorted(broken(page, {})) == ["#c", "no.md"]


def test_links_to_pages_that_the_site_writes_are_checked_against_those_it_writes(tmp_path):
    assert {"evidence.md", "glossary.md"} <= {page.name for page in generated()}
    page = ROOT / "docs" / "unwritten.md"
    assert page not in PAGES
    text = "[1](generated/evidence.md) [2](generated/nothing.md)"
    found = [link for link in LINK.findall(text) if (page.parent / link).resolve() not in generated()]
    assert found == ["generated/nothing.md"]


def test_pages_of_subfolders_are_read():
    assert {"docs/tour.md", "docs/doors/developer.md"} <= {p.relative_to(ROOT).as_posix() for p in PAGES}


def test_the_figures_of_the_readme_are_those_kept():
    """Of the scoreboard, whose bounds are told apart, and of the scores against placebo."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    board = json.loads((ROOT / "src/endplate/app/server/board.json").read_text(encoding="utf-8"))
    kept = json.loads((ROOT / "docs/data/coverage.json").read_text(encoding="utf-8"))["read"]
    of = board["totals"]
    assert f"Of {of['scored'] - of['bounds']} values they report" in text
    assert f"{of['inside_80'] - of['bounds_kept']} lie inside its 80 % interval" in text
    assert f"{of['outcomes'] - of['simulated']} of the values reported are not simulated" in " ".join(
        text.split()
    )
    assert f"{kept['against_placebo']['slope_by_group']['arm, adults']:.2f})" in text
    assert f"model version {board['model_version']})" in text

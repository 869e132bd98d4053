"""Pages that are written from what the package holds, at every build: nothing in them is typed by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pages.evidence import evidence_page
from pages.files import files_page
from pages.glossary import glossary_page
from pages.http import http_page
from pages.labels import labels_page
from pages.scoreboard import scoreboard_page

PAGES: Mapping[str, Callable[[], str]] = {
    "evidence": evidence_page,
    "files": files_page,
    "glossary": glossary_page,
    "http": http_page,
    "labels": labels_page,
    "scoreboard": scoreboard_page,
}

"""What Sphinx does not bring: formulas as MathML (no script, no network), plain anchors, generated pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math import latex2mathml
from pages import PAGES
from sphinx.application import Sphinx

_SHELL = "%%bash\n"
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(latex2mathml.tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    formula = latex2mathml.tex2mathml(node.astext(), as_block=True)
    translator.body.append(f'<div class="math" tabindex="0">{formula}</div>\n')
    raise nodes.SkipNode


def _anchors(app: Sphinx, name: str, source: list[str]) -> None:
    """Anchors of pages that are read as plain Markdown too become targets that links are checked against."""
    source[0] = _ANCHOR.sub(r"{anchor}`\1`", source[0])


def _anchor(*role: Any) -> tuple[list[nodes.Node], list[Any]]:
    """The role that a plain anchor becomes."""
    _, _, name, _, inliner, *_ = role
    target = nodes.target("", "", ids=[name], names=[name])
    inliner.document.note_explicit_target(target)
    return [target], []


def _known(app: Sphinx, doctree: nodes.document) -> None:
    """Let links from other pages find the anchors."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for target in doctree.findall(nodes.target):
        slugs.update({name: (target.line or 0, name, name) for name in target["ids"]})


def _plain_shell(app: Sphinx, doctree: nodes.document) -> None:
    """Commands stand on the page as a person types them, without the word that tells the notebook."""
    for block in list(doctree.findall(nodes.literal_block)):
        if block.astext().startswith(_SHELL):
            told = block.astext().removeprefix(_SHELL)
            block.replace_self(nodes.literal_block(told, told, language="sh"))


def _write_pages(app: Sphinx) -> None:
    """Write the generated pages; those that did not change stay as they are, so that builds stay quick."""
    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        path, text = folder / f"{name}.md", write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all of it."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("source-read", _anchors)
    app.add_role("anchor", _anchor)
    app.connect("doctree-read", _known)
    app.connect("doctree-read", _plain_shell)
    app.connect("builder-inited", _write_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

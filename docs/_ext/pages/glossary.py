"""The words of the field as the app explains them."""

from __future__ import annotations

from collections.abc import Iterator

from endplate.knowledge.vocabulary.glossary import Term, load_glossary

_INTRO = """# Glossary

What the words of the field mean here. The same text stands in the app (`endplate serve`, under Research), in
English and Spanish.

```{glossary}
"""


def _see(term: Term) -> Iterator[str]:
    """Links to where more is said; a page by its name, a record by its id."""
    for name in term.pages:
        path = name.removeprefix("generated/") if name.startswith("generated/") else f"../{name}"
        yield f"[{name.rpartition('/')[2].partition('.')[0].replace('_', ' ')}]({path})"
    for name in term.records:
        yield f"[`{name}`](../numbers.md#{name})"


def glossary_page() -> str:
    """The glossary."""
    lines = [_INTRO.rstrip("\n")]
    for term in load_glossary():
        lines += [term.term, f"  {term.meaning} See {', '.join(_see(term))}.", ""]
    return "\n".join([*lines, "```", ""])

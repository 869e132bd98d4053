"""The words of the field as the app explains them."""

from __future__ import annotations

from endplate.knowledge.vocabulary.glossary import load_glossary


def glossary_page() -> str:
    """The glossary."""
    lines = ["# Glossary\n", "The same words stand in the app.\n", "```{glossary}"]
    for term in load_glossary():
        lines += [term.term, f"  {term.meaning}", ""]
    return "\n".join([*lines, "```", ""])

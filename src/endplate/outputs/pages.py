"""How pages are made from templates: what every page may use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from endplate.knowledge.vocabulary import wording
from endplate.outputs import language, phrases


def environment() -> Environment:
    """Templates of this package: everything escaped, nothing undefined, the verbatim sentences at hand."""
    made = Environment(
        loader=PackageLoader("endplate.outputs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.filters.update(
        words=phrases.words,
        capital=language.capital,
        number=phrases.value,
        web=is_web,
        told=language.marked,
        say=language.translated,
        finding=language.finding,
        quantity=language.quantity,
    )
    made.globals |= {"_": language.literal, "wording": wording, "foreign": language.foreign}
    return made


def rendered(name: str, **told: Any) -> str:
    """The page of a template that needs no filter of its own.

    Args:
        name: of the template's file, without its ending.
        **told: what it says.
    """
    return _plain().get_template(f"{name}.html.j2").render(**told)


@lru_cache(maxsize=1)
def _plain() -> Environment:
    return environment()


def is_web(address: Any) -> bool:
    """Whether an address may become a link."""
    return str(address or "").startswith(("https://", "http://"))

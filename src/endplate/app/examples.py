"""Find the examples: inside an installed package, or in the repository it is developed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from endplate.errors import InputError

DEMO = "adult_arm.yaml"


@contextmanager
def example(name: str = DEMO) -> Iterator[Path]:
    """The path of an example file.

    Raises:
        InputError: when this installation holds no such example.
    """
    from importlib.resources import as_file, files  # which loads much

    packaged = files("endplate").joinpath("examples", name)
    if packaged.is_file():
        with as_file(packaged) as path:
            yield path
        return
    beside = Path(__file__).resolve().parents[3] / "examples" / name
    if not beside.is_file():
        raise InputError(
            f"The example {name} is not part of this installation.",
            rule="example_missing",
            remedy="Install endplate again, or run it on a case file of your own.",
            file=name,
        )
    yield beside

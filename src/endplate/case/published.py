"""What a trial that has been done reported, beside the file that simulates it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from endplate.case.fields import FileModel, Number, wrong


class Published(FileModel):
    """One comparison as it was printed: an arm against the control by one endpoint.

    Attributes:
        endpoint: of the file.
        arm: of the file, not the control.
        difference: of the arm minus the control, in the endpoint's unit; shares from 0 to 1.
        se: its standard error.
        p: two-sided, where the number itself was printed.
        p_below: what p was said to lie below.
        note: where it was read, and what was worked out from what.
    """

    endpoint: str
    arm: str
    difference: Number | None = None
    se: Annotated[Number, Field(gt=0)] | None = None
    p: Annotated[Number, Field(ge=0, le=1)] | None = None
    p_below: Annotated[Number, Field(gt=0, le=1)] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        if self.difference is None and self.p is None and self.p_below is None:
            raise wrong("published", "Neither a difference nor a p value is there", "Add difference, or p.")
        if self.p is not None and self.p_below is not None:
            raise wrong("published", "Both p and p_below are there", "Keep one of the two.", ("p",))
        if self.se is not None and self.difference is None:
            raise wrong("published", "A standard error without its difference", "Add difference.", ("se",))
        return self


def check_published(
    rows: Sequence[Published], endpoints: Sequence[str], arms: Sequence[str], control: str
) -> None:
    """Raise unless every row names an endpoint and an arm that is compared, and none is there twice.

    Args:
        rows: as published.
        endpoints: names of the file's endpoints.
        arms: names of the arms compared with the control.
        control: name of the control.
    """
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        for kind, name, known in (("endpoint", row.endpoint, endpoints), ("arm", row.arm, arms)):
            if name not in known:
                why = "is the control" if name == control else "is not there"
                message = f"published[{index}] names the {kind} {name!r}, which {why}"
                remedy = f"Use one of {', '.join(known)}."
                raise wrong(f"unknown_{kind}", message, remedy, ("published", index, kind))
        if (row.endpoint, row.arm) in seen:
            message = f"published[{index}] is a second row of {row.endpoint!r} and {row.arm!r}"
            raise wrong("twice", message, "Keep one of the two.", ("published", index))
        seen.add((row.endpoint, row.arm))

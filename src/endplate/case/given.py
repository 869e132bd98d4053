"""What was really given from one lot: the record that wins over the plan."""

from __future__ import annotations

import re
from typing import Self

from pydantic import model_validator

from endplate.case.fields import Day, Dilution, FileModel, Guidance, ProductId, Units, wrong
from endplate.case.models import Injection
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence

_LOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")


class Given(FileModel):
    """Units of one lot given in one session, and those of its vials that were thrown away.

    Without injections the session went as planned. With several lots each has a record of its own.
    """

    date: Day
    product: ProductId | None = None
    lot: str
    expiry: Day
    units: Units
    discarded: Units
    dilution: Dilution | None = None
    guidance: Guidance | None = None
    injections: tuple[Injection, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not _LOT.fullmatch(self.lot):
            remedy = "Write the letters and digits printed on the vial, 40 at most."
            unread = Sentence("{lot} is not a lot number", lot=shown(self.lot))
            raise wrong("lot", unread, remedy, ("lot",))
        if self.units.value == 0:
            raise wrong("units_zero", "0 U is not something given", "Write the units given.", ("units",))
        if self.dilution is not None and self.dilution.value == 0:
            message = "A dilution of 0 U/mL is not possible"
            raise wrong("dilution_zero", message, "Write more than 0 U/mL.", ("dilution",))
        for place, item in enumerate(self.injections):
            if item.product not in (None, self.product):
                remedy = "Record each product's lot by itself."
                at = ("injections", place, "product")
                raise wrong("product_of_lot", "One lot holds one product", remedy, at)
        return self

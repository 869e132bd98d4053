"""Dated label knowledge: rules, approvals and warnings, with sources. Knows nothing of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate.knowledge.labels.rules import Rule, house_rule, load_rules, rules_for
from endplate.knowledge.labels.tables import Source
from endplate.knowledge.labels.warnings import LabelWarning, load_warnings, outside_model, warnings_for

if TYPE_CHECKING:
    from endplate.knowledge.labels.approvals import (
        LabelStatus,
        Status,
        label_status,
        limb_matters,
        list_complete,
        load_approvals,
        load_lists,
        worst,
    )
    from endplate.knowledge.labels.history import (
        Change,
        changes,
        describe_approval,
        months_before,
        stale_since,
    )

__all__ = [
    "Change",
    "LabelStatus",
    "LabelWarning",
    "Rule",
    "Source",
    "Status",
    "changes",
    "describe_approval",
    "house_rule",
    "label_status",
    "limb_matters",
    "list_complete",
    "load_approvals",
    "load_lists",
    "load_rules",
    "load_warnings",
    "months_before",
    "outside_model",
    "rules_for",
    "stale_since",
    "warnings_for",
    "worst",
]

_APPROVALS = (
    "LabelStatus",
    "Status",
    "label_status",
    "limb_matters",
    "list_complete",
    "load_approvals",
    "load_lists",
    "worst",
)
_HISTORY = ("Change", "changes", "describe_approval", "months_before", "stale_since")
__getattr__ = on_first_use(
    __name__,
    {
        **dict.fromkeys(_APPROVALS, "endplate.knowledge.labels.approvals"),
        **dict.fromkeys(_HISTORY, "endplate.knowledge.labels.history"),
    },
)

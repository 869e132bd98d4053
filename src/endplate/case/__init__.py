"""What is asked: the user's files, read, checked and made ready for the model."""

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
from endplate.case.dose import Dose, ProductMismatch
from endplate.case.models import Case
from endplate.case.plan import (
    JointBaseline,
    PlannedInjection,
    assessments_left_out,
    divided_sites,
    joint_baselines,
    plan_of,
    planned_injections,
    volume_shares,
)
from endplate.knowledge.vocabulary.quantity import Quantity, parse_quantity

if TYPE_CHECKING:
    from endplate.case.given import Given
    from endplate.case.goals import Goals
    from endplate.case.loader import (
        from_document,
        line_of,
        load_case,
        load_goals,
        load_study,
        load_training,
        load_trial,
    )
    from endplate.case.study import Arm, Outcome, Population, Study, StudyInjection
    from endplate.case.training import Answer, Needle, Training
    from endplate.case.trial import Trial
    from endplate.case.writer import case_yaml

__all__ = [
    "Answer",
    "Arm",
    "Case",
    "Dose",
    "Given",
    "Goals",
    "JointBaseline",
    "Needle",
    "Outcome",
    "PlannedInjection",
    "Population",
    "ProductMismatch",
    "Quantity",
    "Study",
    "StudyInjection",
    "Training",
    "Trial",
    "assessments_left_out",
    "case_yaml",
    "divided_sites",
    "from_document",
    "joint_baselines",
    "line_of",
    "load_case",
    "load_goals",
    "load_study",
    "load_training",
    "load_trial",
    "parse_quantity",
    "plan_of",
    "planned_injections",
    "volume_shares",
]

_READING = (
    "from_document",
    "line_of",
    "load_case",
    "load_goals",
    "load_study",
    "load_training",
    "load_trial",
)
_OF_TRAININGS = ("Answer", "Needle", "Training")
_OF_STUDIES = ("Arm", "Outcome", "Population", "Study", "StudyInjection")
__getattr__ = on_first_use(
    __name__,
    {
        **dict.fromkeys(_READING, "endplate.case.loader"),
        **dict.fromkeys(_OF_STUDIES, "endplate.case.study"),
        **dict.fromkeys(_OF_TRAININGS, "endplate.case.training"),
        "Goals": "endplate.case.goals",
        "Trial": "endplate.case.trial",
        "Given": "endplate.case.given",
        "case_yaml": "endplate.case.writer",
    },
)

"""Whether a training of a file can be played: an attempt can pass, and it can fail.

The file format says what may stand where. This says what the case amounts to: a person whom `check` does not
refuse whatever is given, a joint that the muscles move, and a placement by the book that does something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from endplate.case import JointBaseline, Training, joint_baselines
from endplate.case.training import NAME, WRONG
from endplate.errors import InputError
from endplate.knowledge.vocabulary import GROUPS
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.check import check
from endplate.questions.checking.bounds import above
from endplate.questions.checking.finding import number, together
from endplate.questions.training.limits import DOSES
from endplate.questions.training.reading import is_cut
from endplate.questions.training.reference import by_the_book, held_ranges, least_doses
from endplate.simulation.joints.pool import joint_pool

_wrong = partial(InputError, rule="training_unplayable")


def check_playable(training: Training) -> None:
    """Raise where an attempt cannot pass, or passes whatever is done.

    Args:
        training: of an instructor's file, read already.

    Raises:
        InputError: with the field that is to change.
    """
    if training.level == NAME:
        _marked(training)
    elif training.level == WRONG:
        _seen(training)
    else:
        for judge in _PLACING:
            judge(training)


def _marked(training: Training) -> None:
    muscle = training.muscles[0]
    if not is_cut(training, muscle, training.show.at):
        text = "{muscle} is not cut at {at} of the length, so that nothing could be marked"
        message = Sentence(text, muscle=Word(muscle), at=f"{training.show.at:g}")
        raise _wrong(message, remedy="Show another place: show.at.", field="show.at")


def _seen(training: Training) -> None:
    if not joint_baselines(training.case()):
        message = "No joint was examined with a grade that the model follows"
        remedy = "Add a row with an Ashworth grade above 0."
        raise _wrong(message, remedy=remedy, field="assessment")
    if training.task.beside in GROUPS:
        message = Sentence("{muscle} is a group of muscles", muscle=Word(str(training.task.beside)))
        raise _wrong(message, remedy="Name one muscle beside.", field="task.beside")


def _person(training: Training) -> None:
    """`check` refuses nothing that hangs on the person and the day alone."""
    rows = tuple(
        {"muscle": muscle, "side": training.show.side, "dose": "1 U", "sites": 1}
        for muscle in training.muscles
    )
    for finding in check(training.case(rows)).issues:
        if finding.severity == "critical" and finding.rule not in DOSES:
            text = "Whatever is given, check finds this critical: {finding}"
            remedy = "Change the person or the plan, so that an attempt can pass."
            message = Sentence(text, finding=finding.message)
            raise _wrong(message, remedy=remedy, field=finding.where)


def _moved(training: Training) -> None:
    """The muscles of the task move a joint that was examined on the side shown, with a grade above 0."""
    muscles = together([Word(muscle) for muscle in training.muscles])
    here = [base for base in joint_baselines(training.case()) if base.side == training.show.side]
    own = [base for base in here if set(_resisting(base)) & set(training.muscles)]
    if not own:
        text = "No joint that {muscles} would stiffen was examined on the {side} side"
        message = Sentence(text, muscles=muscles, side=Word(training.show.side))
        remedy = "Add a row with joint, side, movement and an Ashworth grade above 0."
        raise _wrong(message, remedy=remedy, field="assessment")
    if all(base.coded == 0 for base in own):
        message = Sentence("The joint that {muscles} would stiffen has grade 0", muscles=muscles)
        raise _wrong(message, remedy="Write a grade above 0: else nothing can be gained.", field="assessment")
    most, wanted = max(own, key=lambda base: base.coded), training.task.improve_by
    if wanted is not None and wanted > most.coded:
        text = "The joint cannot improve by {wanted} grades from grade {grade}"
        message = Sentence(text, wanted=f"{wanted:g}", grade=most.value)
        remedy = Sentence("Write at most {most}.", most=f"{most.coded:g}")
        raise _wrong(message, remedy=remedy, field="task.improve_by")


def _resisting(base: JointBaseline) -> tuple[str, ...]:
    """The muscles that a movement stretches; none where the tables lack them."""
    try:
        return joint_pool(base.joint, base.movement).muscles
    except LookupError:
        return ()


def _measured(training: Training) -> None:
    """There is a dose to measure an attempt against, and needles for it."""
    held = {muscle for row in held_ranges(training) if row.low_U or row.high_U for muscle in row.muscles}
    budget = training.task.budget
    for muscle in training.muscles:
        if muscle not in held and budget is None:
            text = "No range is held for {muscle} with this product, place and age"
            message = Sentence(text, muscle=Word(muscle))
            remedy = "Add budget to the task, or choose a muscle with a range held."
            raise _wrong(message, remedy=remedy, field="task")
    doses = least_doses(training)
    least = sum(doses[muscle][0] for muscle in training.muscles if muscle in held)
    short = budget is not None and above(least, float(budget.value))
    if budget is not None and (short or not all(doses[muscle][0] > 0 for muscle in training.muscles)):
        text = "A budget of {budget} does not cover the least dose of {muscles}, {least} U"
        muscles = together([Word(muscle) for muscle in training.muscles])
        message = Sentence(text, budget=str(budget), muscles=muscles, least=number(least))
        raise _wrong(message, remedy="Write more units.", field="task.budget")
    if training.most_needles < len(training.muscles):
        text = "{needles} needles cannot treat {count} muscles"
        numbers = {"needles": str(training.most_needles), "count": str(len(training.muscles))}
        raise _wrong(
            Sentence(text, **numbers), remedy="Allow a needle for every muscle.", field="task.needles"
        )


def _does(training: Training) -> None:
    """The placement by the book gains something."""
    if not by_the_book(training).gain > 0:
        message = "The placement by the book gains nothing at the joints examined"
        raise _wrong(message, remedy="Examine a joint that the muscles stiffen.", field="assessment")


_PLACING: tuple[Callable[[Training], None], ...] = (_person, _moved, _measured, _does)

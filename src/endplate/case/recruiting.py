"""Parts of a trial file: who is recruited, how many go to each arm, and how an arm goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from endplate.case.fields import Age, Duration, FileModel, Mass, Number, Whole, one_of, wrong
from endplate.knowledge.evidence.populations import Population, load_populations
from endplate.knowledge.vocabulary.quantity import Quantity

PopulationId: Any = one_of("population", load_populations)
Share = Annotated[Number, Field(gt=0)]
Span = tuple[Quantity, Quantity]


class Recruit(FileModel):
    """People of a population, or of several by shares, and the limits by which they are let in."""

    population: PopulationId | None = None
    mix: dict[PopulationId, Share] | None = None
    age: tuple[Age, Age] | None = None
    since_onset: tuple[Duration, Duration] | None = None
    weight: tuple[Mass, Mass] | None = None
    gmfcs: Annotated[tuple[Annotated[Whole, Field(ge=1, le=5)], ...], Field(min_length=1)] | None = None

    @property
    def shares(self) -> str | dict[str, float]:
        """The population, or the shares of several."""
        return self.population or dict(self.mix or {})

    @property
    def populations(self) -> tuple[Population, ...]:
        """The population, or all of the mix."""
        named = [self.population] if self.population else list(self.mix or {})
        return tuple(load_populations()[name] for name in named)

    @property
    def children(self) -> bool:
        """Whether all populations are of children."""
        return all(each.children for each in self.populations)

    @property
    def condition(self) -> str | None:
        """The condition of all populations; None where they differ."""
        found = {each.condition for each in self.populations}
        return found.pop() if len(found) == 1 else None

    @property
    def joints(self) -> tuple[str, ...]:
        """The joints at which some of the people may have a pattern, each once."""
        return tuple(dict.fromkeys(joint for each in self.populations for joint in each.joints))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.population is None) == (not self.mix):
            raise wrong(
                "population", "Give either population or mix", "One population, or shares of several."
            )
        if len({each.children for each in self.populations}) > 1:
            message = "Children and adults cannot be in one trial: labels and models differ"
            raise wrong("population", message, "Write two trial files.", ("mix",))
        for name in ("age", "since_onset", "weight"):
            span = getattr(self, name)
            if span is not None and not _base(span[0]) < _base(span[1]):
                message = f"No {name} lies between {span[0]} and {span[1]}"
                raise wrong("range_reversed", message, "Write the lower end first.", (name,))
        return self


def _base(amount: Quantity) -> float:
    return amount.value if amount.unit == "kg" else amount.to("d").value


class CourseRule(FileModel):
    """When the arm's session is given again, and at what dose."""

    rule: Literal["interval", "re_emergence", "request"]
    every: Duration | None = None
    minimum: Duration | None = None
    sessions: Annotated[Whole, Field(ge=1, le=30)] | None = None
    adapt: Literal["none", "usual"] = "none"


def shared_out(raw: Any) -> Any:
    """A trial as written, the people of ``n`` shared among the arms by their ``ratio``, largest rest first.

    Args:
        raw: the trial as the file has it, before its fields are read.
    """
    if not isinstance(raw, Mapping) or raw.get("n") is None or not isinstance(raw.get("arms"), list):
        return raw
    arms = raw["arms"]
    plain = all(isinstance(arm, Mapping) and _is_ratio(arm.get("ratio", 1)) for arm in arms)
    if not plain or not isinstance(raw["n"], int):
        return raw  # the fields say what is wrong
    if any(arm.get("n") is not None for arm in arms):
        message = "Arms state n, and so does the trial"
        raise wrong("n_twice", message, "Give either the trial's n or one to each arm.", ("n",))
    ratios = [float(arm.get("ratio", 1)) for arm in arms]
    exact = [raw["n"] * ratio / sum(ratios) for ratio in ratios]
    sizes = [int(people) for people in exact]
    rest = sorted(range(len(arms)), key=lambda place: sizes[place] - exact[place])
    for place in rest[: raw["n"] - sum(sizes)]:
        sizes[place] += 1
    return {**raw, "arms": [{**arm, "n": size} for arm, size in zip(arms, sizes, strict=True)]}


def _is_ratio(found: Any) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool) and found > 0

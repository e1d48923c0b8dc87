"""The clause language: instruments as pydantic models.

This slice reads two of the six kinds, `notify` and `handle`, and only the keys it acts on: a key that nothing
acts on is refused, so that no instrument promises what the machine does not do.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from tongxin.shared import durations
from tongxin.shared.named import Both


def _length(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("write a length of time such as PT30M, PT1H or P5D")
    return durations.parse(value)


Length = Annotated[timedelta, BeforeValidator(_length), PlainSerializer(durations.iso, return_type=str)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Strict(BaseModel):
    """A part of an instrument: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Spoken(Strict):
    """A desk by its role and whose it is: `place`, or a question that a petal answers."""

    role: Word
    of: Word


class When(Strict):
    """The event that a clause waits for."""

    event: str
    reach: Word | None = None


class Due(Strict):
    """A time limit with its clock."""

    within: Length
    starts: Literal["occurred", "known", "recorded", "delivered"] = "known"
    clock: Literal["calendar", "hours", "days"] = "calendar"
    calendar_of: Literal["debtor", "creditor"] = "debtor"


class Receipt(Strict):
    """The receiver confirms within a time of delivery, calendar time."""

    within: Length


class IfLate(Strict):
    """How long after the due each further step of the escalation is taken."""

    after: Length


class Notify(Strict):
    """Tell a desk that is not under you."""

    id: Slug
    kind: Literal["notify"]
    title: Both
    text: Both
    when: When
    sender: Spoken = Field(alias="from")
    to: Spoken
    due: Due
    must_carry: tuple[Word, ...] = Field(min_length=1)
    receipt: Receipt
    if_late: IfLate = IfLate(after=timedelta(minutes=30))


class Handle(Strict):
    """Accept here, decide there: a case of these procedures may be offered between the parties."""

    id: Slug
    kind: Literal["handle"]
    title: Both
    text: Both
    procedures: tuple[Slug, ...] = Field(min_length=1)
    role: Word  # the desks between which cases go, one of each party
    answer: Due
    refuse_reasons: dict[Word, Both] = Field(min_length=1)
    if_late: IfLate = IfLate(after=timedelta(minutes=30))


AnyClause = Annotated[Notify | Handle, Field(discriminator="kind")]


class Validity(Strict):
    """From a day (inclusive) until a day (exclusive)."""

    from_: date = Field(alias="from")
    until: date | None = None


class Provenance(Strict):
    """How we know the instrument, and whether its terms are published or our illustration."""

    known_from: Both
    terms: Literal["published", "illustrative"]
    source: str = ""


class InstrumentFile(Strict):
    """One file: one version of one instrument."""

    agreement: Slug
    kind: Literal["law", "agreement", "plan", "decision"] = "agreement"
    version: int = Field(default=1, ge=1)
    field: str
    title: Both
    parties: tuple[Slug, ...] = Field(min_length=1)
    in_force: Validity
    provenance: Provenance
    clauses: tuple[AnyClause, ...] = Field(min_length=1)

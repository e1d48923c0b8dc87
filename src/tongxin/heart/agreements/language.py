"""The clause language: instruments as pydantic models. Six kinds, six forms over two things, duty and permit.

A key that nothing acts on is refused, so that no instrument promises what the machine does not do. Words that a
clause names (events, questions, roles, fields …) are registered elsewhere; `reader` checks them.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    StrictInt,
    Tag,
    ValidationInfo,
)

from tongxin.heart.agreements import limits
from tongxin.shared import durations
from tongxin.shared.named import Both


def _length(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(_("write a length of time such as PT30M, PT1H or P5D"))
    return durations.parse(value)


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRACTION = re.compile(r"-?[0-9]+(\.[0-9]+)?")
FROM_A_FILE = {"file": True}  # the context in which a file is read; what is stored writes a fraction as text


def _day(value: Any) -> Any:
    """Let a day pass only as it is written; no number, no instant."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(_("write a day that a calendar has, such as 2026-01-31"))
    return value


def _number(value: Any, info: ValidationInfo) -> Any:
    """Let a number pass; the text of one only in what is stored."""
    stored = isinstance(value, str) and not info.context and _FRACTION.fullmatch(value)
    if not stored and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(_("write a number"))
    return value


PERIODS = ("P1W", "P1M", "P3M", "P6M", "P1Y")

Length = Annotated[timedelta, BeforeValidator(_length), PlainSerializer(durations.iso, return_type=str)]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
ClauseKey = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$", max_length=130)]
Period = Literal["P1W", "P1M", "P3M", "P6M", "P1Y"]
Clock = Literal["calendar", "hours", "days"]
CalendarOf = Literal["debtor", "creditor", "both"]


class Strict(BaseModel):
    """A part of an instrument: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Spoken(BaseModel):
    """A desk by its role and whose it is: `place`, a party, or a question; a question's own keys stand beside it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    role: Word
    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]

    @property
    def params(self) -> dict[str, Any]:
        """What the question is asked with, such as `hours: 72`."""
        return dict(self.model_extra or {})


Values = Annotated[tuple[str | int | bool, ...], Field(max_length=limits.LIST)]


class Range(Strict):
    """Values from `min` to `max`, both included; one of them may be left out."""

    min: Number | None = None
    max: Number | None = None


class When(Strict):
    """The event that a clause waits for, a condition on its reach, and the values its data must have."""

    event: str
    reach: Word | None = None
    where: dict[Word, Values | Range] = Field(default_factory=dict, max_length=limits.REASONS)


class Within(Strict):
    """A length of time from a moment, on a clock."""

    within: Length
    starts: Literal["occurred", "known", "recorded", "delivered"] = "known"
    clock: Clock = "calendar"
    calendar_of: CalendarOf = "debtor"


class On(Strict):
    """By the end of a day."""

    on: Day


class Every(Strict):
    """Each period: by its end, or so long after it."""

    every: Period
    within: Length | None = None
    clock: Clock = "calendar"
    calendar_of: CalendarOf = "debtor"


class Before(Strict):
    """So long before a time that an engine computes."""

    before: Word
    minus: Length | None = None


class After(Strict):
    """So long after a milestone is reported."""

    milestone: Slug
    within: Length
    clock: Clock = "calendar"
    calendar_of: CalendarOf = "debtor"


def _due_form(value: Any) -> str:
    keys = set(value) if isinstance(value, dict) else set(getattr(value, "model_fields_set", ()))
    return next((name for name in ("on", "every", "before", "milestone") if name in keys), "within")


Due = Annotated[
    Annotated[Within, Tag("within")]
    | Annotated[On, Tag("on")]
    | Annotated[Every, Tag("every")]
    | Annotated[Before, Tag("before")]
    | Annotated[After, Tag("milestone")],
    Discriminator(_due_form),
]
DUE_FORMS = ("within", "on", "every", "before", "milestone")


class Receipt(Strict):
    """The receiver confirms within a time of delivery, calendar time."""

    within: Length


class Undo(Strict):
    """Those who were told and no longer need it are told so within a time, calendar time."""

    within: Length


class Likely(Strict):
    """Binds at a probability of `bind` or more, and lets go only below `release`."""

    bind: Number = Field(gt=0, le=1)
    release: Number = Field(ge=0, le=1)


class IfLate(Strict):
    """How long after the due each further step of the escalation is taken, and the last of them."""

    after: Length
    up_to: Literal[
        "next_on_duty",
        "deputy",
        "head",
        "own_coordination",
        "both_coordination",
        "lead_departments",
        "leaders_agenda",
    ] = "leaders_agenda"


class Score(Strict):
    """The measure that the clause's duties count for."""

    measure: Word


class Reviewer(Strict):
    """Who reviews a refusal: a desk by its role, of the debtor's or the creditor's side."""

    role: Word
    of: Literal["debtor", "creditor"]


class Common(Strict):
    """What every clause may have."""

    id: Slug
    title: Both
    text: Both
    if_late: IfLate = IfLate(after=timedelta(minutes=30))
    reaction: Length | None = None  # no due moves closer than this to the moment the debtor is told
    # other-agreement/clause: stated precedence; there is no other
    yields_to: tuple[ClauseKey, ...] = Field((), max_length=limits.YIELDS)
    # on which the debtor may suspend
    grounds: dict[Word, Both] = Field(default_factory=dict, max_length=limits.REASONS)
    score: Score | None = None


class Judged(Common):
    """A clause whose performance the creditor accepts or sends back."""

    answer: Within | None = None  # how long the creditor has; none: delivery suffices
    on_silence: Literal["escalate", "accept", "return"] = "escalate"


class Notify(Common):
    """Tell a desk that is not under you."""

    kind: Literal["notify"]
    when: When
    sender: Spoken = Field(alias="from")
    to: Spoken
    likely: Likely | None = None
    due: Annotated[
        Annotated[Within, Tag("within")] | Annotated[Before, Tag("before")], Discriminator(_due_form)
    ]
    needed: Before | None = None  # when the receiver needs it: shown and escalated, never scored
    must_carry: tuple[Word, ...] = Field(min_length=1, max_length=limits.LIST)
    receipt: Receipt | None = None
    renew: Literal["never"] | Annotated[dict[Word, Length], Field(max_length=limits.REASONS)] = "never"
    undo: Undo | None = None
    only_after: str | None = None  # an event that must be known in the matter first


class Handle(Common):
    """Accept here, decide there: a case of these procedures may be offered between the parties."""

    kind: Literal["handle"]
    procedures: tuple[Slug, ...] = Field(min_length=1, max_length=limits.LIST)
    role: Word  # the desks between which cases go, one of each party
    answer: Within
    progress: Within | None = None  # each so long the holder reports progress to the accepting desk
    refuse_reasons: dict[Word, Both] = Field(min_length=1, max_length=limits.REASONS)
    review_by: Reviewer | None = None


class Recognise(Common):
    """What one side issued counts at the other: accepted, or refused with a listed reason."""

    kind: Literal["recognise"]
    what: Both
    when: When
    sender: Spoken = Field(alias="from")  # who must accept
    to: Spoken  # who issued it
    due: Within
    refuse_reasons: dict[Word, Both] = Field(min_length=1, max_length=limits.REASONS)
    review_by: Reviewer | None = None


class Share(Judged):
    """These fields may be seen for this purpose; with `due`, they are supplied each period."""

    kind: Literal["share"]
    fields: tuple[Word, ...] = Field(min_length=1, max_length=limits.LIST)
    purpose: Both
    sender: Spoken = Field(alias="from")
    to: Spoken
    until: Day | None = None
    due: Every | None = None
    on_end: Literal["keep", "delete"] = "keep"


class Deliver(Judged):
    """Something is delivered by a day or after a milestone; the baseline stays beside the agreed new date."""

    kind: Literal["deliver"]
    what: Both
    sender: Spoken = Field(alias="from")
    to: Spoken
    due: Annotated[
        Annotated[On, Tag("on")] | Annotated[Every, Tag("every")] | Annotated[After, Tag("milestone")],
        Discriminator(_due_form),
    ]


class Settle(Common):
    """Each period: state the account, check or contest it, pay it. Late corrections go into the next period."""

    kind: Literal["settle"]
    what: Both
    every: Period
    payee: Spoken  # states the account and is paid
    payer: Spoken  # checks it and pays
    state: Within  # from the end of the period
    check: Within  # from the delivery of the statement
    pay: Within  # from the delivery of the check

    @property
    def stages(self) -> tuple[tuple[str, Within], ...]:
        """The three duties of a period, in order."""
        return (("state", self.state), ("check", self.check), ("pay", self.pay))


AnyClause = Annotated[Notify | Handle | Recognise | Share | Deliver | Settle, Field(discriminator="kind")]
KINDS: dict[str, type[Common]] = {
    "notify": Notify,
    "handle": Handle,
    "recognise": Recognise,
    "share": Share,
    "deliver": Deliver,
    "settle": Settle,
}


class Bar(Strict):
    """Fields that must not cross, from whom and to whom; a bar beats every clause that demands them."""

    id: Slug
    text: Both
    fields: tuple[Word, ...] = Field(min_length=1, max_length=limits.LIST)
    of: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")] = "each_party"  # whose data
    to: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")] = "anyone"  # a party, or anyone


class Leaving(Strict):
    """How long before a party leaves it gives notice."""

    notice: Length


class Validity(Strict):
    """From a day (inclusive) until a day (exclusive), and how exactly the first day is known."""

    from_: Day = Field(alias="from")
    until: Day | None = None
    known: Literal["day", "month", "year", "reported"] = "day"


class Provenance(Strict):
    """How we know the instrument, and whether its terms are published, our illustration, or not known at all."""

    known_from: Both
    terms: Literal["published", "illustrative", "unpublished"]
    source: str = ""


class InstrumentFile(Strict):
    """One file: one version of one instrument."""

    agreement: Slug
    kind: Literal["law", "agreement", "plan", "decision"] = "agreement"
    version: StrictInt = Field(default=1, ge=1, json_schema_extra={"maximum": limits.VERSION})
    field: str
    title: Both
    parties: tuple[Slug, ...] = Field(min_length=1, max_length=limits.LIST)
    in_force: Validity
    provenance: Provenance
    transition: Literal["keep", "switch"] = (
        "keep"  # what running matters do when this version comes into force
    )
    leaving: Leaving | None = None
    bars: tuple[Bar, ...] = Field((), max_length=limits.BARS)
    clauses: tuple[AnyClause, ...] = Field((), max_length=limits.CLAUSES)


def renewal_words(times: set[str] | frozenset[str]) -> set[str]:
    """Return the words that `renew:` may hold for the times that petals registered: `arrival_p50_shifts`."""
    return {f"{name}_shifts" for name in times}


def canonical_body(model: BaseModel) -> dict[str, Any]:
    """Return what was written, in one form whatever the layout: the text that is hashed, signed and stored.

    A fraction stands as decimal text, because a binary one has no single written form.
    """
    body: dict[str, Any] = _exact(model.model_dump(mode="json", by_alias=True, exclude_unset=True))
    return body


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, dict):
        return {key: _exact(inner) for key, inner in value.items()}
    return [_exact(inner) for inner in value] if isinstance(value, list) else value

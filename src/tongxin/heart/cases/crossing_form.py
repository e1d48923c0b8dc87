"""The facts of a case as they cross a line: their form, read strictly. Nothing that has another form is believed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongxin.heart.cases import papers_types
from tongxin.heart.exchange.lines import Hash, Instant, Uuid
from tongxin.shared import canonical, durations
from tongxin.shared.errors import Refused

Text = Annotated[str, Field(max_length=400)]
Code = Annotated[str, Field(max_length=40)]
DeskId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9_]+$", max_length=80)]
When = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)?$")]  # an instant, or empty
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")]
Number = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}-\d{4}-\d{6}$", max_length=20)]
Spans = Annotated[list[tuple[Instant, Instant]], Field(max_length=1000)]
Calendar = Annotated[str, Field(max_length=200)]
Outcome = Literal["granted", "refused", "upheld", "changed", "sent_back"]
LONGEST = timedelta(days=3660)  # of a promise
Names = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=200)]
Epoch = Annotated[int, Field(ge=0, le=100_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Count(_Strict):
    """How a length of time was counted (`clocks.Count`): on a calendar, in hours or in days."""

    form: Literal["within"]
    clock: Literal["calendar", "hours", "days"]
    calendar_of: Literal["debtor", "creditor", "both"]
    within: Annotated[str, Field(max_length=40)]
    starts: Literal["occurred", "known", "recorded", "delivered"]
    starts_at: Instant
    pauses: Spans
    provisional: bool
    spans: Spans = []
    days: Annotated[list[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]], Field(max_length=1000)] = []
    calendar: Calendar = ""
    calendar_version: Calendar = ""
    office: Annotated[str, Field(max_length=400)] = ""
    offices: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=4)] = []


class NotCounted(_Strict):
    """Nothing was promised yet."""


class Promise(_Strict):
    """Until when the applicant was promised a decision, and how that was counted; empty before the acceptance."""

    due_at: When
    count: Count | NotCounted

    def counted(self) -> dict[str, Any]:
        """Return the count as a case keeps it."""
        return self.count.model_dump(mode="json", exclude_unset=True)


class Pause(_Strict):
    """One time of suspension."""

    since: Instant = Field(alias="from")
    until: Instant | None
    ground: Code
    missing: Names
    facts: Text
    of: Literal["accepted", "in_hand"]


class Made(_Strict):
    """One decision."""

    number: Annotated[int, Field(ge=1, le=1000)]
    outcome: Outcome
    reason: Text
    desk: DeskId
    at: Instant
    review: Annotated[str, Field(max_length=20)]  # the number of the review that made it, or empty


class Ended(_Strict):
    """How a case ended, where it did."""

    at: When
    why: Code
    remark: Text
    missing: Names
    keep_until: When


class Consented(_Strict):
    """One consent of the person concerned."""

    who: Literal["applicant", "guardian", "proxy"]
    purpose: Annotated[str, Field(max_length=120)]
    fields: Names
    until: Day
    given_at: Instant
    withdrawn_at: When
    desk: DeskId


class File(_Strict):
    """One paper; its content lies under its hash and is asked for apart."""

    id: Uuid
    kind: Annotated[str, Field(max_length=80)]
    title: Annotated[str, Field(max_length=120)]
    sha256: Hash
    size: Annotated[int, Field(ge=1, le=2**40)]
    type: Annotated[str, Field(max_length=8)]
    given_by: Literal["applicant", "desk"]
    desk: DeskId
    at: Instant
    replaced_by: Annotated[str, Field(max_length=36)]


class Looked(_Strict):
    """What a desk of the sender's node was shown of what the applicant gave, as it was noted there (`sightings`)."""

    desk: DeskId
    part: Annotated[str, Field(max_length=40)]
    clause: Annotated[str, Field(max_length=160)]
    fields: Names
    at: Instant


class HandOver(_Strict):
    """One hand-over, as the sender knows it."""

    id: Uuid
    giver: DeskId = Field(alias="from")
    to: DeskId
    clause: Annotated[str, Field(max_length=160)]
    epoch: Epoch
    state: Literal["offered", "taken_over", "returned", "recalled", "stale"]
    reason: Code
    offered_at: Instant
    settled_at: When


class Facts(_Strict):
    """A case as one node tells it to another."""

    format: Literal["tongxin.case/1"]
    case: Number
    procedure: Annotated[str, Field(max_length=100)]
    procedure_hash: Hash
    rulebook: dict[str, Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]]
    accepting: DeskId
    competent: DeskId
    holder: DeskId
    epoch: Epoch
    state: Literal[
        "filed", "accepted", "in_hand", "suspended", "decided", "closed", "not_accepted", "withdrawn", "void"
    ]
    illustrative: bool
    filed_at: Instant
    accepted_at: When
    promise: Promise
    pauses: Annotated[list[Pause], Field(max_length=200)]
    decided_at: When
    outcome: Outcome | Literal[""]
    outcome_reason: Text
    decisions: Annotated[list[Made], Field(max_length=200)]
    ended: Ended
    given: dict[str, Annotated[str, Field(max_length=10_000)]]
    fields: Names
    consents: Annotated[list[Consented], Field(max_length=500)]
    papers: Names
    files: Annotated[
        list[File], Field(max_length=200)
    ]  # two nodes may add as many as a case has room for, each
    hand_overs: Annotated[list[HandOver], Field(max_length=500)]
    looked: Annotated[list[Looked], Field(max_length=500)] = []  # to the accepting desk's node alone

    def desks(self) -> set[str]:
        """Return every desk that is named."""
        met = {desk for each in self.hand_overs for desk in (each.giver, each.to)}
        own = {self.accepting, self.competent, self.holder}
        more = [each.desk for part in (self.decisions, self.files, self.consents) for each in part]
        return own | met | set(more)

    def without_words(self) -> Facts:
        """Return the same without what is erased of a case (`erasing`) besides what the applicant gave."""
        pauses = [each.model_copy(update={"facts": ""}) for each in self.pauses]
        ended = self.ended.model_copy(update={"remark": ""})
        return self.model_copy(update={"pauses": pauses, "ended": ended})


class Unread(Refused):
    """What came cannot be read here: a text, a procedure or a desk is not known, or is not the same."""


def read(said: object, thread: str) -> Facts:
    """Read what an envelope says of its case. Raises Refused `wrong_facts`."""
    try:
        told = Facts.model_validate_json(
            canonical.dumps(said)
        )  # from JSON, so that a list may stand for a pair
        count = told.promise.count
        if isinstance(count, Count) and durations.parse(count.within) > LONGEST:
            raise ValueError(count.within)
        for each in [*_instants(told), *(c.until for c in told.consents if c.until)]:
            date.fromisoformat(each) if len(each) == 10 else datetime.fromisoformat(each)
    except (ValidationError, ValueError) as fault:
        raise wrong() from fault
    if thread != f"case:{told.case}" or any(f.type not in papers_types.MIME for f in told.files):
        raise wrong()
    return told


def wrong() -> Refused:
    """The refusal of what has not the form of the protocol."""
    return Refused("wrong_facts", _("What was told of the case has not the form of the protocol."))


def when(text: str) -> datetime | None:
    """Return an instant that was read; None for an empty one."""
    return datetime.fromisoformat(text) if text else None


def _instants(told: Facts) -> list[str]:
    found = [told.filed_at, told.accepted_at, told.decided_at, told.promise.due_at]
    found += [told.ended.at, told.ended.keep_until]
    found += [t for p in told.pauses for t in (p.since, p.until or "")]
    found += [t for c in told.consents for t in (c.given_at, c.withdrawn_at)]
    found += [t for h in told.hand_overs for t in (h.offered_at, h.settled_at)]
    found += [made.at for made in told.decisions]
    found += [each.at for each in told.looked]
    if isinstance(count := told.promise.count, Count):
        spans = (count.starts_at, *(t for pair in (*count.pauses, *count.spans) for t in pair))
        found += [*spans, *count.days]
    found += [file.at for file in told.files]
    return [text for text in found if text]

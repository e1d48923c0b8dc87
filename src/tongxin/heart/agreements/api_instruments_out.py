"""What the API of instruments takes and gives."""

from __future__ import annotations

from datetime import date

from ninja import Field, Schema

from tongxin.heart.exchange.api_parts import Instant

SIGNS = r"^[^\x00]*$"  # what both databases can hold
TEXT = Field(..., min_length=1, max_length=200_000, pattern=SIGNS, description="The YAML of one instrument.")
HASH = Field(..., min_length=64, max_length=64, description="The hash of the text that was read.")


class TextIn(Schema):
    """A text to check or to begin a draft with."""

    text: str = TEXT
    file: str = Field("draft.yaml", max_length=160, pattern=SIGNS)


class ChangeIn(TextIn):
    """A changed text; `edition` is the one that was read."""

    edition: int = Field(..., ge=1, le=2_000_000_000)


class HashIn(Schema):
    """Exactly what is signed."""

    hash: str = HASH


class ReasonIn(Schema):
    """Why."""

    reason: str = Field(..., min_length=1, max_length=400, pattern=SIGNS)


class EndingIn(ReasonIn):
    """The first day on which a version no longer binds, and why."""

    on: date


class PartyIn(Schema):
    """The party that leaves, as the instrument names it."""

    party: str = Field(..., min_length=1, max_length=80, pattern=SIGNS)


class MilestoneIn(Schema):
    """A milestone that was reached, and when it was known; without `known_at`: now."""

    milestone: str = Field(..., min_length=1, max_length=60, pattern=SIGNS)
    known_at: Instant | None = None
    late_reason: str = Field("", max_length=400, pattern=SIGNS)


class FaultOut(Schema):
    """One thing wrong with a text."""

    line: int
    reason: str
    nearest: str


class CheckedOut(Schema):
    """What the reader found; id and hash are null while the text has faults that keep it from being read."""

    version: str | None
    hash: str | None
    faults: list[FaultOut]


class DraftOut(Schema):
    """A draft of the caller's office."""

    id: int
    edition: int
    file: str
    text: str
    state: str
    proposed_as: str | None
    faults: list[FaultOut]


class DraftedOut(Schema):
    """A draft that was saved; it may hold faults."""

    draft: int
    edition: int
    faults: list[str]


class DiscardedOut(Schema):
    """A draft that was put away."""

    draft: int


class ProposedOut(Schema):
    """A version that waits: its id, and the hash that is signed."""

    version: str
    hash: str


class SignedOut(Schema):
    """For which party was signed, and whether every party has signed now."""

    version: str
    party: str
    ratified: bool


class ConfirmedLawOut(Schema):
    """A law that its second person confirmed."""

    version: str
    ratified: bool


class ReturnedOut(Schema):
    """A text that went back to its drafts."""

    version: str
    drafts: list[int]


class EndingSignedOut(Schema):
    """For which party an ending was signed, and whether it binds now."""

    version: str
    party: str
    agreed: bool


class LeavingOut(Schema):
    """A notice, and from when the party is not bound by new matters."""

    departure: int
    ends_at: str


class StayingOut(Schema):
    """A notice that was taken back."""

    departure: int
    party: str


class MilestoneOut(Schema):
    """The matter of a milestone and the duties that it opened."""

    matter: str
    event: str
    duties: list[int]


class SideOut(Schema):
    """A party: who signed for it, and how many persons are missing, by place."""

    party: str
    complete: bool
    signed: list[str] = Field(description="Posts, oldest first.")
    missing: dict[str, int]


class SignaturesOut(Schema):
    """How every party stands with the text."""

    version: str
    state: str
    hash: str
    parties: list[SideOut]


class WaitingOut(Schema):
    """Something that waits for the caller's office: `text`, `ending` or `law`."""

    version: str
    kind: str
    hash: str
    place: str
    since: str | None


class KeyOut(Schema):
    """A key that changed, its values as YAML; empty where it is not there."""

    key: str
    old: str
    new: str


class ClauseChangeOut(Schema):
    """A clause that was added, removed, changed, or is unchanged."""

    clause: str
    kind: str
    what: str
    keys: list[KeyOut]


class DifferenceOut(Schema):
    """Two versions of one instrument, clause by clause."""

    old: str
    new: str
    head: list[KeyOut]
    clauses: list[ClauseChangeOut]


class PermitOut(Schema):
    """What follows from a clause: who may see, rely on or hand over what of whom, worded."""

    clause: str
    action: str
    who: str
    whose: str
    what: str
    purpose: str
    withheld: str
    until: date | None

"""What crosses a line of a case: the form of each kind's body, read strictly before anything of it is kept.

The facts of a case, which some bodies hold, have a form of their own (`crossing_form`) and are read apart.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tongxin.heart.cases.actions.corresponding import MAX_LETTER
from tongxin.heart.cases.crossing_form import Code, DeskId, Epoch, Names, Number, Text, When, wrong
from tongxin.heart.exchange import lines
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.lines import Uuid
from tongxin.shared import canonical

Acts = Annotated[list[Uuid], Field(max_length=1000)]
Serial = Annotated[int, Field(ge=0, le=1000)]
Outcome = Literal["granted", "refused"]


class OfCase(lines.Form):
    """What every body of a case says: which case."""

    case: Number


class OfferMade(OfCase):
    """An offer with the case as its receiver may see it; `handed`: hand-overs that were answered before."""

    offer: Uuid
    handed: Epoch
    facts: dict[str, Any]


class Accepted(OfCase):
    """That an offer was taken over."""

    offer: Uuid
    holder: DeskId
    epoch: Epoch


class Returned(OfCase):
    """That an offer was returned."""

    offer: Uuid
    reason: Code
    remark: Text


class Declined(OfCase):
    """That a proposal of a holder was declined."""

    proposal: Uuid
    reason: Code = ""


class AboutOffer(OfCase):
    """That an offer is asked back, or is given back."""

    offer: Uuid


class TooLate(AboutOffer):
    """That an offer was answered before it was asked back."""

    state: Code
    holder: DeskId
    epoch: Epoch


class Stale(OfCase):
    """That something came under an older epoch, and who holds the case."""

    about: Uuid
    holder: DeskId
    epoch: Epoch
    fixed: Epoch


class Proposed(OfCase):
    """Whom a coordination office proposes as holder."""

    proposal: Uuid
    holder: DeskId
    known: Acts
    reason: Text


class Named(OfCase):
    """Whom both coordination offices have named."""

    holder: DeskId
    epoch: Epoch
    known: Acts
    offices: Annotated[list[DeskId], Field(min_length=1, max_length=2)]


class Suspended(OfCase):
    """That the case is suspended, and what was asked for."""

    event: Literal["case_suspended"]
    ground: Code
    missing: Names
    facts: Text


class Resumed(OfCase):
    """That the case goes on."""

    event: Literal["case_resumed"]
    promise_due_at: When


class Decided(OfCase):
    """How the case was decided."""

    event: Literal["case_decided", "case_superseded"]
    outcome: Outcome
    decision: Serial


class Withdrawn(OfCase):
    """That the applicant withdrew the case, or a review of it."""

    event: Literal["case_withdrawn", "review_withdrawn"]
    review: Number | None = None


class Closed(OfCase):
    """That the case is closed."""

    event: Literal["case_closed"]


class Supplied(OfCase):
    """What the applicant handed in of what was asked for."""

    event: Literal["asked_supplied"]
    papers: Names
    text: Annotated[str, Field(max_length=MAX_LETTER)] = ""


class Written(OfCase):
    """What the holder writes to the applicant."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_LETTER)]


class ReviewFiled(OfCase):
    """A review with its own facts, of which first case and decision (0: of a non-acceptance)."""

    event: Literal["review_filed"]
    reviews: Number
    decision: Serial
    reason: Text
    facts: dict[str, Any]


class Reviewed(OfCase):
    """That a decision is under review."""

    event: Literal["decision_reviewed"]
    review: Number


class Concluded(OfCase):
    """How a review ended."""

    event: Literal["review_concluded", "review_result"]
    outcome: Literal["upheld", "changed", "sent_back"]
    review: Number


class JointPut(OfCase):
    """An outcome that the holder puts to the accepting desk."""

    joint: Uuid
    outcome: Outcome
    reason: Text


class JointAnswered(OfCase):
    """What the accepting desk says to it."""

    joint: Uuid
    answer: Literal["agree", "differ"]
    reason: Text


class State(lines.Form):
    """How a case stands."""

    case: Number | None = None
    facts: dict[str, Any]


FORMS: dict[str, tuple[type[lines.Form], ...]] = {
    "offer": (OfferMade,),
    "accept": (Accepted,),
    "refuse": (Returned, Declined),
    "recall": (AboutOffer,),
    "recalled": (AboutOffer,),
    "too_late": (TooLate,),
    "stale": (Stale,),
    "propose": (Proposed,),
    "reassign": (Named,),
    "suspension": (Suspended,),
    "resumption": (Resumed,),
    "decision": (Decided,),
    "withdrawal": (Withdrawn,),
    "closing": (Closed,),
    "supplied": (Supplied,),
    "letter": (Written,),
    "review": (ReviewFiled, Reviewed),
    "review_result": (Concluded,),
    "joint_put": (JointPut,),
    "joint_answer": (JointAnswered,),
    "case_state": (State,),
}


def reads(handler: lines.Handler) -> lines.Handler:
    """Return what applies a kind so that it is given those letters alone whose body has the kind's form."""

    def read(letter: lines.Letter, a: Act, peer: str) -> None:
        need(letter)
        handler(letter, a, peer)

    return read


def need(letter: lines.Letter) -> None:
    """Raise Refused `wrong_facts` unless a letter is about a case and its body has the form of its kind."""
    text = canonical.dumps(letter.body)
    for form in FORMS[letter.kind]:
        try:
            said = form.model_validate_json(text)
            if due := getattr(said, "promise_due_at", ""):
                datetime.fromisoformat(due)
        except ValueError:  # of pydantic, or no such instant
            continue
        number = getattr(said, "case", None)
        if letter.thread == f"case:{number}" or (number is None and letter.thread.startswith("case:")):
            return
    raise wrong()

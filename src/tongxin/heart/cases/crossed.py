"""What crossed over a line: each side did something before its node had heard of the other; only one of them counts.

- A **decision** and the applicant's **withdrawal**: the withdrawal counts, at every node; the decision is kept as a
  row and has no effect. An agreement to a joint decision that a withdrawal follows before it has arrived is the same.
- The **end of a review** and its withdrawal: the end counts, because what it says has already been carried out in the
  case that was reviewed, which may be in other hands; the withdrawal has no effect.
- What is **put to the other office** for a joint decision and the end of the case: it lapses, nobody owes an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import states, words
from tongxin.heart.cases.models import Case, Decision
from tongxin.heart.exchange.models import Message

RING, REVIEW_RING = "decision_crossed", "review_crossed"
ACTS = {RING: "cases.decision.crossed", REVIEW_RING: "cases.review.crossed"}
JOINT_ACT = "cases.joint.crossed"
_DECIDED = {"case_decided": Case.State.WITHDRAWN, "case_withdrawn": Case.State.DECIDED}
_REVIEW = {"review_concluded": Case.State.WITHDRAWN, "case_withdrawn": Case.State.DECIDED}
_OF_FIRST = {"review_result": "review_withdrawn", "review_withdrawn": "review_result"}


def tells(case: Case, event: str, body: Mapping[str, Any]) -> str:
    """Return the ring of what crossed with what another node now tells of a case; empty where nothing did.

    Call it before what is told is applied, and after its message is kept.
    """
    if event in _OF_FIRST:  # told of the case that is reviewed
        other = Message.objects.filter(
            thread=f"case:{case.number}", body__event=_OF_FIRST[event], body__review=body.get("review", "")
        )
        return REVIEW_RING if other.exists() else ""
    if case.reviews_id is not None:
        return REVIEW_RING if _REVIEW.get(event) == case.state else ""
    return RING if _DECIDED.get(event) == case.state else ""


def without_effect(case: Case) -> None:
    """Take back, on a withdrawn case, how it was decided; the decision's own row stays. The caller saves."""
    if case.state == Case.State.WITHDRAWN and case.reviews_id is None:
        case.decided_at, case.outcome, case.outcome_reason = None, "", ""


def stays_ended(case: Case, state: str) -> bool:
    """Whether a review that ended here stays so against a withdrawal that its accepting desk did before it heard."""
    return case.reviews_id is not None and case.state == Case.State.DECIDED and state == Case.State.WITHDRAWN


def ended_after_all(case: Case, state: str) -> bool:
    """Whether a review that was withdrawn here had ended at its reviewer's node: then that counts."""
    return case.reviews_id is not None and case.state == Case.State.WITHDRAWN and state == Case.State.DECIDED


def decision(row: Case) -> Decision | None:
    """Return the decision that crossed with the withdrawal of a case; one that a review sent back did not."""
    if row.state != Case.State.WITHDRAWN or row.reviews_id is not None:
        return None
    last = row.decisions.select_related("desk__jurisdiction", "desk__group", "desk__role").last()
    if last is None or row.reviewed_by.filter(reviewed_decision=last, outcome="sent_back").exists():
        return None
    return last


def said(row: Case) -> str:
    """Return in one sentence that they crossed and what counts; empty for any other case."""
    if row.reviews_id is not None:
        return _of_review(row)
    found = decision(row)
    if found is None:
        return ""
    return _(
        "The decision of %(desk)s (%(outcome)s, %(at)s) and the withdrawal crossed:"
        " the withdrawal counts, the decision has no effect."
    ) % {
        "desk": wording.desk_name(found.desk),
        "outcome": words.ALL_OUTCOMES.get(found.outcome, found.outcome),
        "at": wording.moment(found.at),
    }


def _of_review(row: Case) -> str:
    if row.state not in (states.S.DECIDED, states.S.CLOSED):
        return ""
    if not Message.objects.filter(thread=f"case:{row.number}", kind="withdrawal").exists():
        return ""
    return _(
        "The end of the review (%(outcome)s, %(at)s) and its withdrawal crossed: the end of the review counts,"
        " because it is carried out in case %(case)s already; the withdrawal has no effect."
    ) % {
        "outcome": words.REVIEW_OUTCOMES.get(row.outcome, row.outcome),
        "at": wording.moment(row.decided_at),
        "case": row.reviews_id,
    }

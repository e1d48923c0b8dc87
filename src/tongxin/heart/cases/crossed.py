"""A decision and the applicant's withdrawal that crossed: each was done before its node had heard of the other.

Over a line the holder may decide while the accepting desk records the withdrawal. The withdrawal counts, at every
node: the decision is kept as a row and has no effect.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import words
from tongxin.heart.cases.models import Case, Decision

RING = "decision_crossed"
ACT = "cases.decision.crossed"
_EVENTS = {"case_decided": Case.State.WITHDRAWN, "case_withdrawn": Case.State.DECIDED}


def tells(case: Case, event: str) -> bool:
    """Whether what another node tells of a case crossed with what was done here."""
    return case.reviews_id is None and _EVENTS.get(event) == case.state


def without_effect(case: Case) -> None:
    """Take back, on a withdrawn case, how it was decided; the decision's own row stays. The caller saves."""
    if case.state == Case.State.WITHDRAWN and case.reviews_id is None:
        case.decided_at, case.outcome, case.outcome_reason = None, "", ""


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

"""Joint decisions (会办): two desks decide one case together, where its procedure says so.

The competent desk, as the holder, puts an outcome to the desk that accepted the case; decided is what that one agrees
to. It keeps the holder's hands on the case: the other desk only answers.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases.models import Case, Joint
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, NotFound


def together(case: Case) -> bool:
    """Whether two desks decide the case: its procedure says so. A review is decided by the reviewing desk alone."""
    return bool(case.procedure.body.get("joint")) and case.reviews_id is None


def partner(case: Case) -> str:
    """Return the desk that decides with the competent one; empty where that one decides alone, or has nobody yet."""
    apart = case.accepting_desk_id != case.competent_desk_id
    return case.accepting_desk_id if apart and together(case) else ""


def lacks_second(case: Case) -> bool:
    """Whether two desks decide the case, and only one has a part: who takes it over from that one is the second."""
    return together(case) and not partner(case)


def decided_alone(case: Case) -> None:
    """Refuse a decision of one desk in a case that two decide together."""
    if lacks_second(case):
        raise no_second()
    desk = partner(case)
    if desk:
        raise Conflict(
            "decided_jointly",
            _("This item is decided together with %(desk)s.") % {"desk": wording.desk_names([desk])[desk]},
            kept=_("Nothing was decided."),
            todo=_("Put the outcome to that office; it is decided when it agrees."),
        )


def no_second() -> Conflict:
    """Return the refusal of a decision that two desks make, while one has a part."""
    return Conflict(
        "no_second_office",
        _("Two offices decide this item together, and only yours has a part in it."),
        kept=_("Nothing was decided."),
        todo=_("Hand it over to the office of the other side: it is decided when both say the same."),
    )


def of_case(case: Case) -> list[Joint]:
    """Return what was put to the other desk, first to last."""
    rows = case.joints.select_related(
        "from_desk__jurisdiction__parent", "from_desk__group", "from_desk__role",
        "to_desk__jurisdiction__parent", "to_desk__group", "to_desk__role",
    )  # fmt: skip
    return list(rows.order_by("put_at"))


def waiting(case: Case) -> Joint | None:
    """Return what waits for the other desk's answer."""
    return case.joints.filter(state=Joint.State.PUT).first()


def one(reader: Acting, pk: str) -> Joint:
    """Return what was put by or to the reader's desk; to any other desk there is no such thing."""
    missing = NotFound("no_such_joint", _("There is no such question, or your desk has no part in it."))
    try:
        found = Joint.objects.read_by(reader.desk).filter(pk=uuid.UUID(pk)).select_related("case").first()
    except ValueError:
        raise missing from None
    if found is None or reader.desk not in {found.from_desk_id, found.to_desk_id}:
        raise missing
    return found


def subject(row: Joint) -> str:
    """Return what the duty to answer is about."""
    return f"joint:{row.pk}"


def owed(row: Joint) -> Any:
    """Return the standing duties to answer."""
    return Duty.objects.filter(
        thread=f"case:{row.case_id}", subject=subject(row), state__in=Duty.STANDING
    ).order_by("pk")


def lapse(a: Act, case: Case) -> None:
    """End what waits for an answer that nobody needs any more: another was put, or the case is in other hands."""
    if not case.procedure.body.get("joint"):
        return
    for asked in case.joints.filter(state=Joint.State.PUT):
        asked.state, asked.answered_at = Joint.State.LAPSED, a.at
        asked.save(update_fields=["state", "answered_at"])
        for duty in owed(asked):
            duties.void(duty, at=a.at, reason=f"unwanted:{a.name}")

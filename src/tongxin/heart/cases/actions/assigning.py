"""Who of a desk has a case on the table: taken, given to a colleague, put back. It changes nobody's rights."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import states
from tongxin.heart.cases.actions import parts
from tongxin.heart.cases.models import Assignment, Case
from tongxin.heart.exchange.acts import act
from tongxin.heart.region import colleagues
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed

WORKS = frozenset({"file_case", "hand_over", "take_over", "decide", "perform", "review"})


def give(*, by: Acting, key: str, number: str, to: int) -> dict[str, Any]:
    """Give a case to a person who acts at the actor's desk today, oneself or a colleague."""
    _works(by)
    with act("cases.case.given", by=by, key=key, request={"case": number, "to": to}) as a:
        if a.replayed:
            return a.result
        case = _in_hand(number, by)
        if to not in {each.person.pk for each in colleagues.at(by.desk)}:
            raise Invalid(
                _("The case was not given."), {"to": [_("Choose somebody who acts at your desk today.")]}
            )
        row = Assignment.objects.filter(case=case, desk_id=by.desk).first()
        if row is not None and row.person_id == to:
            raise Conflict("has_it", _("This colleague has the case already."))
        Assignment.objects.update_or_create(
            case=case, desk_id=by.desk, defaults={"person_id": to, "post": by.post, "at": a.at}
        )
        a.result = {"case": number, "person": to}
        a.entry(f"case:{number}", payload=a.result | {"from": row.person_id if row else None})
    return a.result


def take(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Take a case on one's own table."""
    if by.person_id is None:
        raise NotAllowed(
            "needs_a_person",
            _("A program's token is no person; it can give a case to somebody of the desk."),
            todo=_("Log in and take it on screen, or name whom it is given to."),
        )
    return give(by=by, key=key, number=number, to=by.person_id)


def put_back(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Put a case back: it is the desk's, and nobody's in particular."""
    _works(by)
    with act("cases.case.put_back", by=by, key=key, request={"case": number}) as a:
        if a.replayed:
            return a.result
        case = _in_hand(number, by)
        row = Assignment.objects.filter(case=case, desk_id=by.desk).first()
        if row is None:
            raise Conflict("nobody_has_it", _("Nobody of your desk has this case on the table."))
        Assignment.objects.filter(pk=row.pk).delete()
        a.result = {"case": number}
        a.entry(f"case:{number}", payload=a.result | {"from": row.person_id})
    return a.result


def may_table(by: Acting, case: Case) -> bool:
    """Whether the actor may say on whose table of the desk a case lies: a post that works, of a desk that has it."""
    return bool(by.capabilities & WORKS) and _is_here(by.desk, case)


def _is_here(desk: str, case: Case) -> bool:
    """Whether a desk holds a case, took it in or is asked to take it over."""
    asked = case.frozen_by.to_desk_id if case.frozen_by is not None else ""
    return desk in {case.holder_id, case.accepting_desk_id, asked}


def _works(by: Acting) -> None:
    """Refuse a post that does nothing with cases."""
    if not by.capabilities & WORKS:
        by.need("perform")


def _in_hand(number: str, by: Acting) -> Case:
    """Lock a case that the desk holds, took in or is asked to take over, and that has not ended."""
    case = parts.lock(number, by.desk)
    if not _is_here(by.desk, case):
        raise NotAllowed(
            "not_holder",
            _("Your desk does not hold this case now."),
            todo=_("Reload the page to see in whose hands it is."),
        )
    if case.state in states.ENDED:
        raise Conflict("case_ended", _("The case has ended; there is nothing to do with it any more."))
    return case

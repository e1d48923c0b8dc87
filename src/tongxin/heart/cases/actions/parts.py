"""What the writes of cases share: the case is locked and judged, a message sent, a desk rung."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, performing, rulebook, wording
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.match import Binding
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import locking, states, words
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from tongxin.shared.statements import fixed

APPLICANT = states.APPLICANT  # the post and the way of what an applicant does; the ledger holds no name
MAX_TEXT = 400  # of a remark or a reason, as the tables keep it


def basis_of(
    book: list[str], procedure: str, offerer: str, receiver: str, at: datetime
) -> tuple[Binding, Handle]:
    """Return the handle clause that binds both desks, or refuse by name: no clause, no hand-over."""
    on = clock.beijing(at).date()
    for binding, clause in rulebook.handle_clauses(book, procedure):
        desks = set()
        for desk in (offerer, receiver):
            jurisdiction, _slash, role = desk.partition("/")
            if role == clause.role and region.party_of(jurisdiction, binding.parties, on) is not None:
                desks.add(desk)
        if desks == {offerer, receiver} and offerer != receiver and len(_desks([*desks])) == len(desks):
            return binding, clause
    names = wording.desk_names([offerer, receiver])
    raise NotAllowed(
        "no_clause_binds",
        _("No clause in force lets %(from)s hand a case of this kind to %(to)s.")
        % {"from": names.get(offerer, offerer), "to": names.get(receiver, receiver)},
        todo=_("Choose a desk of a party to such an agreement, or ask your coordination office."),
    )


@fixed
def _desks(ids: list[str]) -> QuerySet[Desk, str]:
    return Desk.objects.filter(id__in=ids).values_list("id", flat=True)


def held(number: str, by: Acting, *, epoch: int | None = None) -> Case:
    """Lock the case and return it; refuse unless the actor's desk holds it, unfrozen, at the expected epoch."""
    case = lock(number, by.desk)
    if epoch is not None:
        seen_at(case, epoch)
    if case.holder_id != by.desk:
        raise NotAllowed(
            "not_holder",
            _("Your desk does not hold this case now."),
            todo=_("Reload the page to see in whose hands it is."),
        )
    if case.frozen_by_id is not None:
        raise states.frozen()
    return case


def lock(number: str, desk: str) -> Case:
    """Lock the case and what is owed in it; a desk without a part is told that there is none."""
    case = locking.lock(number)
    if case is None or not has_part(case, desk):
        raise NotFound("no_such_case", _("There is no such case, or your desk has no part in it."))
    return case


def has_part(case: Case, desk: str) -> bool:
    """Tell whether a desk accepted, holds, offered or was offered the case."""
    if desk in {case.accepting_desk_id, case.holder_id}:
        return True
    return case.offers.filter(to_desk_id=desk).exists() or case.offers.filter(from_desk_id=desk).exists()


def in_state(case: Case, *states: str) -> None:
    """Refuse unless the case is in one of the states."""
    if case.state not in states:
        raise Conflict(
            "wrong_state",
            _("The case is not in a state in which this can be done."),
            todo=_("Reload the page to see where it stands."),
        )


def check_text(field: str, text: str, what: Any) -> None:
    """Refuse a text that the tables would cut, and one with a gap of a text for notices that nobody filled in."""
    if words.GAP in text:
        raise Invalid(what, {field: [_("Fill in the gap %(gap)s, or take it out.") % {"gap": words.GAP}]})
    if len(text.strip()) > MAX_TEXT:
        raise Invalid(
            what, {field: [_("This text is too long: at most %(n)d characters.") % {"n": MAX_TEXT}]}
        )


def send(
    a: Act,
    case: Case,
    kind: str,
    to_desk: str,
    *,
    basis: str,
    body: dict[str, Any],
    reply: Message | None = None,
) -> Message:
    """Send a message of the case from the actor's desk."""
    return exchange.send(
        kind,
        from_desk=a.by.desk,
        to_desk=to_desk,
        thread=f"case:{case.number}",
        basis=basis,
        body=body,
        at=a.at,
        epoch=case.epoch,
        in_reply_to=reply,
    )


def ring(desk: str, kind: str, case: Case, at: datetime, *, dedupe: str, **more: str) -> None:
    """Ring a desk about the case, once for `dedupe`; `more` is what the words of the ring name beside it."""
    ring_at(desk, kind, f"/cases/{case.number}/", case, at, dedupe=dedupe, **more)


def ring_at(desk: str, kind: str, link: str, case: Case, at: datetime, *, dedupe: str, **more: str) -> None:
    """Ring a desk about something of the case that has a page of its own."""
    exchange.notify(desk, kind, link=link, at=at, dedupe=dedupe, params={"case": case.number, **more})


def acts_on(case: Case, act: str, by: Acting) -> None:
    """Refuse unless the table of states lets the actor's desk do the act now (`states.WAYS`)."""
    by.need(states.WAYS[act].needs)
    states.need(case, act, by)


def seen_at(case: Case, epoch: int) -> None:
    """Refuse a page that was made before the case moved on."""
    if epoch != case.epoch:
        raise _stale()


def basis(case: Case) -> str:
    """Return under what desks tell each other of the case: the clause of its last hand-over, else the procedure."""
    made = handed_under(case)
    return made.clause_id if made else case.procedure_id


def handed_under(case: Case) -> Offer | None:
    """Return the last hand-over that was taken over; of a review, that of the case that it reviews."""
    of = case.reviews_id or case.number
    return next(iter(_taken_over(of)), None)


@fixed
def _taken_over(case: str) -> QuerySet[Offer]:
    rows = Offer.objects.filter(case_id=case, state=Offer.State.TAKEN_OVER).select_related("clause__version")
    return rows.order_by("-settled_at")[:1]


def inform(a: Act, case: Case, kind: str, ring_kind: str, body: dict[str, Any], *desks: str) -> list[Message]:
    """Tell each other desk once, by message and by ring; of what an applicant did, the accepting desk is rung too."""
    told = []
    if a.by.via == APPLICANT:
        ring_accepting(a, case, ring_kind)
    for desk in dict.fromkeys(desks):
        if desk != a.by.desk:
            told.append(
                send(
                    a,
                    case,
                    kind,
                    desk,
                    basis=basis(case),
                    body={"case": case.number, "event": ring_kind} | body,
                )
            )
            ring(desk, ring_kind, case, a.at, dedupe=f"{ring_kind}:{case.number}:{desk}:{clock.iso(a.at)}")
    return told


def ring_accepting(a: Act, case: Case, kind: str) -> None:
    """Ring the desk that accepted the case of what its applicant did online."""
    desk = case.accepting_desk_id
    ring(desk, kind, case, a.at, dedupe=f"{kind}:{case.number}:{desk}:{clock.iso(a.at)}")


def void_owed(a: Act, case: Case) -> list[Duty]:
    """Void all that is still owed in a case that ends here; return it."""
    rows = Duty.objects.filter(thread=f"case:{case.number}", state__in=Duty.STANDING)
    found = list(rows.select_related("clause__version").order_by("id"))
    for duty in found:
        duties.void(duty, at=a.at, reason=f"{a.name}:{case.number}")
    return found


def end_progress(a: Act, case: Case) -> int:
    """Void what is still owed of reports on a case that goes on elsewhere or is decided; return how many there were."""
    rows = _progress(f"case:{case.number}")
    for duty in rows:
        if duty.state in Duty.STANDING:
            duties.void(duty, at=a.at, reason=f"{a.name}:{case.number}")
    return len(rows)


@fixed
def _progress(thread: str) -> QuerySet[Duty]:
    return Duty.objects.filter(thread=thread, subject__startswith=performing.PROGRESS)


def _stale() -> Conflict:
    return Conflict(
        "stale_page",
        _("The case has moved on since this page was made."),
        todo=_("Reload the page and look again before you act."),
    )

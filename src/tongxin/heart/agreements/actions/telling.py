"""Writes of telling: notices and their receipts; what every way of telling shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts, duties, plan, queries, reconcile, rulebook
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.language import Notify, Within
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

CARRIED_MAX = 1000  # characters of one field of a notice


def tell(*, by: Acting, key: str, matter: str, to_desk: str, carried: dict[str, str]) -> dict[str, Any]:
    """Tell a desk what the clauses demand: one message that serves every open duty to that desk in the matter."""
    by.need("notify")
    carried = {name: text.strip() for name, text in carried.items()}
    request = {"matter": matter, "to": to_desk, "carried": carried}
    with act("agreements.notice.sent", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        locked = parts.lock_matter(queries.matter(by, matter).number)
        served = served_by(locked, by, to_desk)
        need_carried(served, carried)
        message = _notice(a, by, locked, to_desk, served, carried)
        told_by(a, by, served, message, carried, message.delivered_at or a.at, request)
    return a.result


def confirm(*, by: Acting, key: str, message: str) -> dict[str, Any]:
    """Confirm receipt of a notice: meets every open confirm duty that the message opened. A weighty act."""
    by.need("confirm")
    with act("agreements.notice.confirmed", by=by, key=key, request={"message": message}) as a:
        if a.replayed:
            return a.result
        notice = message_to(by, message, "notice", "call")
        if crossed(notice):
            _confirm_there(a, by, notice)
            return a.result
        locked = parts.lock_matter(notice.thread.removeprefix("matter:"))
        open_duties = list(
            Duty.objects.filter(
                purpose=Duty.Purpose.CONFIRM,
                state=Duty.State.OPEN,
                opened_by=f"message:{notice.id}",
                bound_desk_id=by.desk,
            )
            .select_related("clause__version")
            .order_by("due_at", "id")
        )
        if not open_duties:
            raise Conflict(
                "already_confirmed",
                _("This notice is confirmed already."),
                kept=_("The first confirmation stands."),
                todo=_("Reload the page to see who confirmed and when."),
            )
        basis = basis_of(open_duties)
        answer = exchange.send(
            "confirm",
            from_desk=by.desk,
            to_desk=notice.from_desk_id,
            thread=notice.thread,
            basis=basis,
            body={"notice": str(notice.id)},
            at=a.at,
            drill=notice.drill,
            in_reply_to=notice,
        )
        delivered = answer.delivered_at or a.at
        done = parts.performance(a.name, by, a.at, message=answer)
        for duty in open_duties:
            duties.meet(duty, done, delivered_at=delivered)
        parts.ring(
            notice.from_desk_id,
            "notice_confirmed",
            notice.thread,
            a.at,
            dedupe=f"confirmed:{notice.id}",
            drill=notice.drill,
            matter=locked.number,
            desk=by.desk,
        )
        a.result = {"message": str(answer.id), "met": [d.pk for d in open_duties]}
        a.entry(
            f"{notice.thread}/message:{answer.id}",
            cause=f"message:{notice.id}",
            basis=basis,
            payload={"notice": str(notice.id), "met": duties.summaries(open_duties)},
        )
    return a.result


def crossed(message: Message) -> bool:
    """Whether a message came or went over a line between nodes: what its sender owes or is owed stands there alone."""
    return message.channel.from_node != message.channel.to_node


def _confirm_there(a: Act, by: Acting, notice: Message) -> None:
    """Confirm a notice from another node: its matter and what is owed in it are kept there, and met by this word."""
    if notice.answers.filter(kind="confirm").exists():
        raise Conflict(
            "already_confirmed",
            _("This notice is confirmed already."),
            kept=_("The first confirmation stands."),
            todo=_("Reload the page to see who confirmed and when."),
        )
    answer = exchange.send(
        "confirm",
        from_desk=by.desk,
        to_desk=notice.from_desk_id,
        thread=notice.thread,
        basis=notice.basis,
        body={"notice": str(notice.id)},
        at=a.at,
        drill=notice.drill,
        in_reply_to=notice,
    )
    a.result = {"message": str(answer.id), "met": []}
    a.entry(
        f"{notice.thread}/message:{answer.id}",
        cause=f"message:{notice.id}",
        basis=notice.basis,
        payload={"notice": str(notice.id)},
    )


def notify_clause(duty: Duty) -> Notify:
    """Return the clause of a duty to tell; raises NotAllowed for another kind."""
    clause = rulebook.read_clause(duty.clause)
    if not isinstance(clause, Notify):
        raise NotAllowed("not_a_notice", _("This duty is not met by a notice."))
    return clause


def must_carry(duty: Duty) -> list[str]:
    """Return what the duty's performance must carry: what its clause demands and no bar forbids."""
    forbidden = {name for name, _bar in duty.wanted.get("withheld", ())}
    return [name for name in notify_clause(duty).must_carry if name not in forbidden]


def basis_of(served: Sequence[Duty]) -> str:
    """Return the clauses that duties stand on, as the ledger names them; the first ones where there are many."""
    basis = ""
    for duty in served:
        more = f"{basis},{duty.clause_id}" if basis else duty.clause_id
        if len(more) > 160:
            break
        basis = more
    return basis


def need_carried(served: Sequence[Duty], carried: dict[str, str]) -> None:
    """Raise Invalid, naming every field at once, unless exactly what the clauses demand is carried."""
    needed = {field for duty in served for field in must_carry(duty)}
    missing = sorted(field for field in needed if not carried.get(field))
    if missing:
        raise Invalid(
            _("The clause demands more than was entered; the notice was not sent."),
            {field: [_("The clause demands this.")] for field in missing},
            code="must_carry",
        )
    long = sorted(field for field, text in carried.items() if len(text) > CARRIED_MAX)
    if long:
        raise Invalid(
            _("A text is too long; the notice was not sent."),
            {
                field: [_("This text is too long: at most %(n)d characters.") % {"n": CARRIED_MAX}]
                for field in long
            },
            code="too_long",
        )
    unknown = sorted(set(carried) - needed)
    if unknown:
        barred = {name for duty in served for name, _bar in duty.wanted.get("withheld", ())}
        raise Invalid(
            _("The notice carries fields that no clause asks for."),
            {
                field: [
                    _("A bar forbids that this crosses.")
                    if field in barred
                    else _("No clause asks for this.")
                ]
                for field in unknown
            },
            code="not_asked_for",
        )


def _notice(
    a: Act, by: Acting, matter: Matter, to_desk: str, served: Sequence[Duty], carried: dict[str, str]
) -> Message:
    return exchange.send(
        "notice",
        from_desk=by.desk,
        to_desk=to_desk,
        thread=reconcile.thread_of(matter),
        basis=basis_of(served),
        body={"carried": carried, "clauses": [d.clause_id for d in served]},
        at=a.at,
        drill=matter.drill,
    )


def told_by(
    a: Act,
    by: Acting,
    served: Sequence[Duty],
    message: Message,
    carried: dict[str, str],
    delivered: datetime,
    request: dict[str, Any],
    channel: str = "platform",
    said: Mapping[int, dict[str, Any]] | None = None,
) -> None:
    """Meet the duties that were served, open the receipts, and keep the act's entry.

    `said`: what was wanted of each when it was told, where time has passed since; then what is wanted now is looked at.
    """
    then = {d.pk: (said or {}).get(d.pk, d.wanted) for d in served}
    withheld = [list(p) for p in {tuple(w) for wanted in then.values() for w in wanted.get("withheld", ())}]
    done = parts.performance(
        a.name,
        by,
        a.at,
        message=message,
        carried=carried,
        withheld=sorted(withheld),
        channel=channel,
        delivered_at=delivered,
    )
    confirms: list[Duty] = []
    for duty in served:
        duties.meet(duty, done, delivered_at=delivered, told=then[duty.pk])
        confirm = _open_confirm(duty, message, delivered, a.at)
        if confirm:
            confirms.append(confirm)
            parts.ring_new(confirm, a.at)
    anew = _looked_again(a, served[0].matter_id, message) if said is not None else {}
    a.result = {
        "message": str(message.id),
        "met": [d.pk for d in served],
        "confirm": [d.pk for d in confirms],
    }
    a.entry(
        f"{served[0].thread}/message:{message.id}",
        cause=served[0].opened_by,
        basis=basis_of(served),
        payload=request
        | {
            "met": duties.summaries(served),
            "opened": duties.summaries(confirms),
            "withheld": sorted(withheld),
            "said": {str(pk): plan.plain(wanted) for pk, wanted in then.items()} if said is not None else {},
        }
        | anew,
    )


def _looked_again(a: Act, matter: str | None, message: Message) -> dict[str, Any]:
    """Open anew what was corrected between a call and its record by the other side; return what the entry keeps of it.

    Its clock starts now: only now both sides say that the first word was given.
    """
    locked = Matter.objects.get(number=matter)
    cause = plan.Cause(f"call:{message.id}", a.at, lambda _starts: a.at, "correction")
    done = reconcile.reconcile(locked, a, cause)
    parts.ring_all(done.opened, a.at, locked.kind)
    conflicts.note(locked, a)
    return {"again": cause.ref} | done.as_json()


def _open_confirm(duty: Duty, message: Message, delivered: datetime, at: datetime) -> Duty | None:
    receipt = notify_clause(duty).receipt
    if receipt is None:
        return None
    limit = Within(within=receipt.within, starts="delivered", clock="calendar")
    return duties.open_round(
        clause=duty.clause,
        thread=duty.thread,
        matter=duty.matter_id,
        bound_desk=duty.owed_desk_id,
        owed_desk=duty.bound_desk_id,
        purpose=Duty.Purpose.CONFIRM,
        subject=f"{duty.subject}/round:{duty.round}".lstrip("/"),
        limit=limit,
        starts_at=delivered,
        opened_by=f"message:{message.id}",
        at=at,
        drill=duty.drill,
    )


def open_to(matter: Matter, bound: str, owed: str, purpose: str = Duty.Purpose.DO) -> list[Duty]:
    rows = Duty.objects.filter(
        matter=matter, bound_desk_id=bound, owed_desk_id=owed, purpose=purpose, state=Duty.State.OPEN
    )
    if purpose == Duty.Purpose.DO:
        rows = rows.filter(clause__kind="notify")
    return list(rows.select_related("clause__version").order_by("due_at", "id"))


def served_by(matter: Matter, by: Acting, to_desk: str) -> list[Duty]:
    """Return the duties that a notice to the desk would meet now; raises Conflict when there are none."""
    owed = open_to(matter, by.desk, to_desk)
    served = conflicts.servable(matter, owed)
    if served:
        return served
    if owed:
        raise Conflict(
            "too_early",
            _("The clause lets this be told only after something that has not been reported yet."),
            kept=_("No message was sent; the duty stands."),
            todo=_("See on the agreement's page what must come first."),
        )
    raise Conflict(
        "nothing_owed",
        _("Your desk owes that desk no notice in this matter now."),
        kept=_("No message was sent."),
        todo=_("Reload the page; the notice may have been sent by a colleague."),
    )


def message_to(by: Acting, message: str, *kinds: str) -> Message:
    key = parts.uuid_of(message)
    rows = Message.objects.filter(to_desk_id=by.desk, kind__in=kinds).select_related("channel")
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise NotFound("no_such_notice", _("There is no such notice to your desk."))
    return found

"""Writes of agreements: load instruments, report an event, tell, confirm."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, queries, reconcile, rulebook
from tongxin.heart.agreements.language import Notify, Within
from tongxin.heart.agreements.models import Clause, Duty, Instrument, InstrumentVersion, Performance
from tongxin.heart.agreements.reader import ReadInstrument
from tongxin.heart.events import actions as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

CARRIED_MAX = 1000  # characters of one field of a notice


def load_instrument(read: ReadInstrument, *, by: Acting) -> str:
    """Enter a version from a file; the same text again changes nothing, another text under its number is refused."""
    model = read.model
    version_id = f"{model.agreement}@{model.version}"
    request = {"version": version_id, "hash": read.canonical_hash}
    with act("agreements.instrument.loaded", by=by, key=f"load:{version_id}", request=request) as a:
        if a.replayed:
            return version_id
        instrument, _new = Instrument.objects.update_or_create(
            id=model.agreement,
            defaults={
                "kind": model.kind,
                "field": model.field,
                "title_zh": model.title.zh,
                "title_en": model.title.en,
            },
        )
        version = InstrumentVersion.objects.create(
            id=version_id,
            instrument=instrument,
            number=model.version,
            state=InstrumentVersion.State.IN_FORCE,
            in_force_from=model.in_force.from_,
            in_force_until=model.in_force.until,
            parties=list(model.parties),
            provenance=model.provenance.model_dump(mode="json"),
            illustrative=model.provenance.terms == "illustrative",
            canonical_hash=read.canonical_hash,
            source_file=read.file,
            source_text=read.text,
        )
        for ordinal, clause in enumerate(model.clauses, start=1):
            first, last = read.lines[clause.id]
            Clause.objects.create(
                id=f"{version_id}/{clause.id}",
                version=version,
                name=clause.id,
                ordinal=ordinal,
                kind=clause.kind,
                title_zh=clause.title.zh,
                title_en=clause.title.en,
                text_zh=clause.text.zh,
                text_en=clause.text.en,
                body=clause.model_dump(mode="json", by_alias=True),
                first_line=first,
                last_line=last,
            )
        a.result = {"version": version_id}
        a.entry(f"instrument:{version_id}", payload=request | {"parties": list(model.parties)})
    return version_id


def report(report: events.Report, *, by: Acting, key: str, name: str) -> dict[str, Any]:
    """Record an event as the act `name`, open its matter, and open the duties its clauses make."""
    by.need("report_incident")
    request = {
        "type": report.type,
        "place": report.place,
        "known_at": clock.iso(report.known_at),
        "occurred_at": clock.iso(report.occurred_at) if report.occurred_at else None,
        "data": {k: str(v) for k, v in report.data.items()},
        "late_reason": report.late_reason,
        "drill": report.drill,
    }
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        _need_own_place(by, report.place)
        data = events.check(report, now=a.at)
        _need_news(by, report, data)
        matter, event = events.record(
            report, data=data, by_desk=by.desk, at=a.at, rulebook=rulebook.at(report.known_at)
        )
        opened = reconcile.reconcile(matter, at=a.at)
        for duty in opened:
            _ring_new(duty, a.at)
        a.result = {"matter": matter.number, "event": str(event.id), "duties": [d.pk for d in opened]}
        a.entry(
            f"matter:{matter.number}",
            cause=f"event:{event.id}",
            payload=request | {"duties": [duties.summary(d) for d in opened]},
        )
    return a.result


def tell(*, by: Acting, key: str, matter: str, to_desk: str, carried: dict[str, str]) -> dict[str, Any]:
    """Tell a desk what the clauses demand: one message that serves every open duty to that desk in the matter."""
    by.need("notify")
    carried = {name: text.strip() for name, text in carried.items()}
    request = {"matter": matter, "to": to_desk, "carried": carried}
    with act("agreements.notice.sent", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        locked = _lock_matter(queries.matter(by, matter).number)
        served = list(
            Duty.objects.filter(
                matter=locked,
                bound_desk_id=by.desk,
                owed_desk_id=to_desk,
                purpose=Duty.Purpose.DO,
                state=Duty.State.OPEN,
            )
            .select_related("clause__version")
            .order_by("due_at", "id")
        )
        if not served:
            raise Conflict(
                "nothing_owed",
                _("Your desk owes that desk no notice in this matter now."),
                kept=_("No message was sent."),
                todo=_("Reload the page; the notice may have been sent by a colleague."),
            )
        clauses = [_notify_clause(d) for d in served]
        _need_carried(clauses, carried)
        basis = ",".join(d.clause_id for d in served)
        message = exchange.send(
            "notice",
            from_desk=by.desk,
            to_desk=to_desk,
            thread=f"matter:{locked.number}",
            basis=basis[:160],
            body={"carried": carried, "clauses": [d.clause_id for d in served]},
            at=a.at,
            drill=locked.drill,
        )
        delivered = message.delivered_at or a.at
        done = _perform(a.name, by, message, carried, a.at)
        confirms: list[Duty] = []
        for duty, clause in zip(served, clauses, strict=True):
            duties.meet(duty, done, delivered_at=delivered)
            confirm = _open_confirm(duty, clause, message, delivered)
            if confirm:
                confirms.append(confirm)
                _ring_new(confirm, a.at)
        a.result = {
            "message": str(message.id),
            "met": [d.pk for d in served],
            "confirm": [d.pk for d in confirms],
        }
        a.entry(
            f"matter:{locked.number}/message:{message.id}",
            cause=served[0].opened_by,
            basis=basis[:160],
            payload=request
            | {"met": [duties.summary(d) for d in served], "opened": [duties.summary(d) for d in confirms]},
        )
    return a.result


def confirm(*, by: Acting, key: str, message: str) -> dict[str, Any]:
    """Confirm receipt of a notice: meets every open confirm duty that the message opened. A weighty act."""
    by.need("confirm")
    with act("agreements.notice.confirmed", by=by, key=key, request={"message": message}) as a:
        if a.replayed:
            return a.result
        message_id = _uuid(message)
        to_us = Message.objects.filter(to_desk_id=by.desk, kind="notice")
        notice = to_us.filter(id=message_id).first() if message_id else None
        if notice is None:
            raise NotFound("no_such_notice", _("There is no such notice to your desk."))
        number = notice.thread.removeprefix("matter:")
        locked = _lock_matter(number)
        open_duties = list(
            Duty.objects.filter(
                matter=locked,
                purpose=Duty.Purpose.CONFIRM,
                state=Duty.State.OPEN,
                opened_by=f"message:{notice.id}",
                bound_desk_id=by.desk,
            ).order_by("due_at", "id")
        )
        if not open_duties:
            raise Conflict(
                "already_confirmed",
                _("This notice is confirmed already."),
                kept=_("The first confirmation stands."),
                todo=_("Reload the page to see who confirmed and when."),
            )
        basis = ",".join(d.clause_id for d in open_duties)[:160]
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
        done = _perform(a.name, by, answer, {}, a.at)
        for duty in open_duties:
            duties.meet(duty, done, delivered_at=delivered)
        exchange.notify(
            notice.from_desk_id,
            "notice_confirmed",
            link=f"/incidents/{number}/",
            at=a.at,
            dedupe=f"confirmed:{notice.id}",
            params={"matter": number, "desk": by.desk},
        )
        a.result = {"message": str(answer.id), "met": [d.pk for d in open_duties]}
        a.entry(
            f"matter:{number}/message:{answer.id}",
            cause=f"message:{notice.id}",
            basis=basis,
            payload={"notice": str(notice.id), "met": [duties.summary(d) for d in open_duties]},
        )
    return a.result


def _need_own_place(by: Acting, place: str) -> None:
    """Raise Invalid unless the place lies in the territory of the reporting desk."""
    if by.jurisdiction not in region.lineage(place):
        raise Invalid(
            _("The report could not be recorded."),
            {"place": [_("Choose your own jurisdiction or one inside it.")]},
            code="not_your_place",
        )


def _uuid(text: str) -> uuid.UUID | None:
    """Return the id of a message, or None for a text that is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _need_news(by: Acting, report: events.Report, data: dict[str, Any]) -> None:
    """Refuse a report that says word for word what the desk has reported before: a page gone back to and sent again."""
    same = Event.objects.filter(
        type=report.type,
        by_desk_id=by.desk,
        place_id=report.place,
        known_at=report.known_at,
        occurred_at=report.occurred_at,
        drill=report.drill,
        data=data,
    ).first()
    if same is not None:
        raise Conflict(
            "reported_already",
            _("Your desk has reported exactly this before: %(number)s.") % {"number": same.matter_id},
            kept=_("The first report stands; no second incident was opened."),
            todo=_("Open that incident. If this is another one, say what differs and report again."),
        )


def _lock_matter(number: str) -> Matter:
    row = Matter.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound("no_such_matter", _("There is no such matter."))
    return row


def _notify_clause(duty: Duty) -> Notify:
    clause = rulebook.read_clause(duty.clause)
    if not isinstance(clause, Notify):
        raise NotAllowed("not_a_notice", _("This duty is not met by a notice."))
    return clause


def _need_carried(clauses: list[Notify], carried: dict[str, str]) -> None:
    needed = {field for clause in clauses for field in clause.must_carry}
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
        raise Invalid(
            _("The notice carries fields that no clause asks for."),
            {field: [_("No clause asks for this.")] for field in unknown},
            code="not_asked_for",
        )


def _perform(name: str, by: Acting, message: Message, carried: dict[str, str], at: Any) -> Performance:
    return Performance.objects.create(
        act=name,
        desk_id=by.desk,
        post=by.post,
        message=message,
        carried=carried,
        at=at,
        delivered_at=message.delivered_at,
    )


def _open_confirm(duty: Duty, clause: Notify, message: Message, delivered: Any) -> Duty | None:
    limit = Within(within=clause.receipt.within, starts="delivered", clock="calendar")
    return duties.open_round(
        clause=duty.clause,
        thread=duty.thread,
        matter=duty.matter_id,
        bound_desk=duty.owed_desk_id,
        owed_desk=duty.bound_desk_id,
        purpose=Duty.Purpose.CONFIRM,
        limit=limit,
        starts_at=delivered,
        opened_by=f"message:{message.id}",
        at=delivered,
        drill=duty.drill,
    )


def _ring_new(duty: Duty, at: Any) -> None:
    """Ring the bound desk about a new duty."""
    number = duty.thread.split(":", 1)[1]
    link = f"/incidents/{number}/" if duty.thread.startswith("matter:") else f"/cases/{number}/"
    exchange.notify(
        duty.bound_desk_id,
        f"duty_{duty.purpose}",
        link=link,
        at=at,
        dedupe=f"duty:{duty.pk}",
        params={"thread": duty.thread, "due_at": clock.iso(duty.due_at), "to": duty.owed_desk_id},
    )

"""Tries every clause of the register out: a made-up event calls it up, its duties are brought to each end there is.

Writes for real and keeps no ledger of its own events: only for a database that is thrown away (`tongxin agreements
coverage` makes one), and it refuses any other. Duties that follow no event are called up by the room that makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import (
    actions,
    opening,
    performing,
    periods,
    permits,
    reconcile,
    rulebook,
    scene,
)
from tongxin.heart.agreements.language import AnyClause, Deliver, Judged, Notify, On, Range, Recognise, Share
from tongxin.heart.agreements.match import MILESTONE, PERIOD, Binding, Scene, event_of, match, period_of
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.agreements.vocabulary import Fact
from tongxin.heart.events import actions as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.errors import Refused

COLUMNS = (
    *("fired", "met", "late", "confirmed", "stood_down", "claimed", "suspended", "excused", "void", "failed"),
)
MAY = frozenset(
    {
        "report_incident",
        "notify",
        "confirm",
        "perform",
        "excuse",
        "file_case",
        "hand_over",
        "take_over",
        "decide",
    }
)
YES, NOT_SO = "yes", "–"  # reached; cannot be, for such a clause
Fire = Callable[[Clause], "Fired"]


@dataclass(frozen=True)
class Fired:
    """A duty that was called up, and how it is met and made void."""

    duty: Duty
    meet: Callable[[], None]
    void: Callable[[], None]


@dataclass
class Row:
    """What was reached for one clause: by column `yes`, `–`, or why not."""

    clause: Clause
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def gaps(self) -> dict[str, str]:
        """What was not reached, and why."""
        return {name: said for name, said in self.cells.items() if said not in {YES, NOT_SO}}


_drivers: dict[str, Fire] = {}


def register_driver(kind: str, fire: Fire) -> None:
    """Let a room call up the duties of a kind of clause that follow no event, such as cases those of `handle`."""
    _drivers[kind] = fire


def seat(desk: str) -> Acting:
    """Return who acts at a desk while clauses are tried out."""
    capabilities, place = MAY, desk.partition("/")[0]
    return Acting(
        post=f"{desk}/trial", desk=desk, jurisdiction=place, capabilities=capabilities, via="system"
    )


def run(move_to: Callable[[datetime], object]) -> list[Row]:
    """Try every clause; `move_to` moves the held clock on. Raises Refused when the database is in use."""
    if Matter.objects.exists() or Duty.objects.exists():
        raise Refused(
            "in_use",
            _("Clauses are tried out in an empty database only."),
            todo=_("Run `tongxin agreements coverage` without --here: it makes one of its own."),
        )
    rows = [Row(row) for row in Clause.objects.select_related("version").order_by("id")]
    waits = [(row, fired) for row in rows if (fired := _try(row)) is not None]
    later = [(_opens(fired.duty), "met", row, fired) for row, fired in waits]
    late = [(row, fired) for row in rows if row.cells.get("late") == "" and (fired := _fired(row, "late"))]
    later += [(fired.duty.due_at + timedelta(minutes=1), "late", row, fired) for row, fired in late]
    for at, column, row, fired in sorted(later, key=lambda one: one[0]):
        move_to(max(clock.now(), at))
        _reach(row, column, partial(_met, fired, late=column == "late"))
    return rows


def _opens(duty: Duty) -> datetime:
    """Return from when a duty can be met: an account once its period is over."""
    return performing.account_from(duty) or clock.now()


def _try(row: Row) -> Fired | None:
    """Bring a clause's duties to every end that needs no waiting; return the one whose `met` has to wait."""
    clause = rulebook.read_clause(row.clause)
    if isinstance(clause, Share) and clause.due is None:
        row.cells = dict.fromkeys(COLUMNS, NOT_SO)
        row.cells["fired"] = _permits(row.clause)
        return None
    row.cells = dict.fromkeys(COLUMNS, "")
    first = _fired(row, "fired")
    if first is None:
        row.cells = {name: row.cells["fired"] if name == "fired" else "never called up" for name in COLUMNS}
        return None
    row.cells["fired"] = YES
    waits = _opens(first.duty) > clock.now()
    judged = isinstance(clause, Judged) and clause.answer is not None
    if isinstance(clause, Deliver) and isinstance(clause.due, On) and first.duty.due_at < clock.now():
        row.cells["met"] = NOT_SO  # its day has passed
    elif not waits:
        _reach(row, "met", lambda: _met(first, late=False))
    receipt = isinstance(clause, Notify) and clause.receipt is not None
    undo = isinstance(clause, Notify) and clause.undo is not None
    for column, can_be, do in (("confirmed", receipt, _confirmed), ("stood_down", undo, _stood_down)):
        row.cells[column] = NOT_SO
        if can_be:
            _reach(row, column, partial(do, first))
    for column, can_be, do in (
        ("claimed", judged, _claimed),
        ("suspended", bool(clause.grounds), _suspended),
        ("excused", True, _excused),
        ("failed", True, _failed),
        ("void", True, _voided),
    ):
        row.cells[column] = NOT_SO
        if can_be:
            _with(row, column, do)
    return first if waits else None


def _with(row: Row, column: str, do: Callable[[Fired], str]) -> None:
    fired = _fired(row, column)
    if fired is not None:
        _reach(row, column, lambda: do(fired))


def _reach(row: Row, column: str, do: Callable[[], str]) -> None:
    try:
        row.cells[column] = do() or YES
    except (Refused, LookupError, ValueError, Duty.DoesNotExist) as error:
        row.cells[column] = f"{type(error).__name__}: {error}"


def _fired(row: Row, column: str) -> Fired | None:
    driver = _drivers.get(row.clause.kind, fire)
    try:
        return driver(row.clause)
    except (Refused, LookupError, ValueError) as error:
        row.cells[column] = f"not called up: {error}"
        return None


def _met(fired: Fired, *, late: bool) -> str:
    fired.meet()
    return _state(fired.duty, Duty.State.MET) or _lateness(fired.duty, late)


def _lateness(duty: Duty, late: bool) -> str:
    was = duty.delivered_at is not None and duty.delivered_at > duty.due_at
    return "" if was == late else f"delivered {duty.delivered_at}, due {duty.due_at}"


def _state(duty: Duty, wanted: str) -> str:
    duty.refresh_from_db()
    return "" if duty.state == wanted else f"it is {duty.state}"


def _confirmed(fired: Fired) -> str:
    duty = fired.duty
    receipt = Duty.objects.get(thread=duty.thread, clause=duty.clause, purpose=Duty.Purpose.CONFIRM)
    message = receipt.opened_by.removeprefix("message:")
    actions.confirm(by=seat(receipt.bound_desk_id), key=f"confirm:{duty.pk}", message=message)
    return _state(receipt, Duty.State.MET)


def _stood_down(fired: Fired) -> str:
    duty = fired.duty
    fired.void()
    down = Duty.objects.get(thread=duty.thread, clause=duty.clause, purpose=Duty.Purpose.STAND_DOWN)
    actions.stand_down(
        by=seat(down.bound_desk_id),
        key=f"down:{duty.pk}",
        matter=str(down.matter_id),
        to_desk=down.owed_desk_id,
    )
    return _state(down, Duty.State.MET)


def _claimed(fired: Fired) -> str:
    _perform(fired.duty)
    return _state(fired.duty, Duty.State.CLAIMED)


def _suspended(fired: Fired) -> str:
    ground = next(iter(rulebook.read_clause(fired.duty.clause).grounds))
    by = seat(fired.duty.bound_desk_id)
    actions.suspend(by=by, key=f"suspend:{fired.duty.pk}", duty=fired.duty.pk, ground=ground)
    said = _state(fired.duty, Duty.State.SUSPENDED)
    actions.resume(by=by, key=f"resume:{fired.duty.pk}", duty=fired.duty.pk)
    return said or _state(fired.duty, Duty.State.OPEN)


def _excused(fired: Fired) -> str:
    by = seat(fired.duty.owed_desk_id)
    actions.excuse(by=by, key=f"excuse:{fired.duty.pk}", duty=fired.duty.pk, reason="trial")
    return _state(fired.duty, Duty.State.EXCUSED)


def _failed(fired: Fired) -> str:
    by = seat(fired.duty.owed_desk_id)
    actions.give_up(by=by, key=f"give-up:{fired.duty.pk}", duty=fired.duty.pk, reason="trial")
    return _state(fired.duty, Duty.State.FAILED)


def _voided(fired: Fired) -> str:
    fired.void()
    return _state(fired.duty, Duty.State.VOID)


def _permits(row: Clause) -> str:
    """Say whether a permit follows from a clause that makes no duty."""
    now = clock.now()
    bindings = [b for b in rulebook.bindings([row.version_id]) if b.clause_id == row.id]
    day = max(clock.beijing(now).date(), row.version.in_force_from)
    found = permits.standing(bindings, day, places=scene.places_on(now))
    return YES if any(permit.who and permit.whose for permit in found) else "no permit follows"


# --- calling up by an event


def fire(row: Clause) -> Fired:
    """Call a clause up by an event made from its own words, under its version alone; raises LookupError."""
    clause = rulebook.read_clause(row)
    at = clock.now()
    kind = event_of(clause)
    if isinstance(clause, Notify | Recognise) and kind != MILESTONE:
        place, desk, data = _example(row, clause, at)
    else:
        desk, place = opening.first_desk(row.version, at)
        data = _own_data(row, clause, at)
    plain = vocabulary.get(kind).data.model_validate(data).model_dump(mode="json")
    with transaction.atomic():
        told = events.Report(kind, place, at, plain, occurred_at=at)
        matter, event = events.record(told, data=plain, by_desk=desk, at=at, rulebook=[row.version_id])
        act = Act("agreements.coverage", SYSTEM, at)
        done = reconcile.reconcile(matter, act, reconcile.cause_of(event, at))
    mine = sorted((d for d in done.opened if d.clause_id == row.id), key=lambda d: d.pk)
    if not mine:
        raise LookupError("the event made no duty")
    return Fired(mine[0], lambda: _fulfil(mine[0]), lambda: _withdraw(event))


def _withdraw(event: Event) -> None:
    by = seat(event.by_desk_id)
    actions.withdraw(str(event.id), by=by, key=f"withdraw:{event.id}", reason="trial")


def _own_data(row: Clause, clause: AnyClause, at: datetime) -> dict[str, Any]:
    """Return the data of a period, a task or a milestone of the clause's instrument."""
    instrument = row.version.instrument_id
    kind = event_of(clause)
    if kind == PERIOD:
        period = periods.of(period_of(clause), at)
        return {
            "instrument": instrument,
            "every": period_of(clause),
            "period": period.name,
            "begins": clock.iso(period.begins),
            "ends": clock.iso(period.ends),
        }
    if kind == MILESTONE:
        return {
            "instrument": instrument,
            "milestone": getattr(getattr(clause, "due", None), "milestone", "x"),
        }
    return {"instrument": instrument, "version": row.version.number, "clauses": [row.name]}


def _example(row: Clause, clause: Notify | Recognise, at: datetime) -> tuple[str, str, dict[str, Any]]:
    """Return place, reporting desk and data of an event that the clause binds for; raises LookupError."""
    (binding,) = (b for b in rulebook.bindings([row.version_id]) if b.clause_id == row.id)
    places, words = scene.places_on(at), scene.words()
    kind = vocabulary.get(clause.when.event)
    examples = [_fitted(each, clause.when.where) for each in [*kind.examples(), kind.example()]]
    for place in _within(places.members(binding.parties), clock.beijing(at).date()):
        desk = f"{place}/{clause.sender.role}"
        for data in examples:
            fact = _fact(kind.name, place, data, desk, at)
            found = match(Scene((fact,)), [_always(binding)], places=places, words=words)
            named = {d for want in found.wanted for d in (want.bound_desk, want.owed_desk)} | {desk}
            if found.wanted and Desk.objects.filter(id__in=named).count() == len(named):
                return place, desk, data
    raise LookupError(f"no example of {kind.name} fits")


def _always(binding: Binding) -> Binding:
    return Binding(binding.clause_id, binding.clause_key, binding.parties, binding.clause)


def _fact(kind: str, place: str, data: dict[str, Any], desk: str, at: datetime) -> Fact:
    return Fact("trial", kind, place, data, desk, at, at, at, chain="trial", reporter=place)


def _fitted(
    data: Mapping[str, Any], where: Mapping[str, tuple[str | int | bool, ...] | Range]
) -> dict[str, Any]:
    """Return the data with the values that a clause asks for."""
    fitted = dict(data)
    for name, allowed in where.items():
        if isinstance(allowed, Range):
            fitted[name] = allowed.min if allowed.min is not None else allowed.max
        else:
            fitted[name] = allowed[0]
    return fitted


def _within(members: Sequence[str], on: date) -> Iterator[str]:
    """Yield the jurisdictions and what lies in them, the outer ones first."""
    yield from members
    for member in members:
        yield from region.jurisdictions(on, within=member).values_list("id", flat=True)


# --- meeting a duty


def _fulfil(duty: Duty) -> None:
    """Meet a duty as its kind is met, and what follows from it."""
    clause = rulebook.read_clause(duty.clause)
    if isinstance(clause, Notify):
        _tell(duty)
        return
    _perform(duty)
    if isinstance(clause, Judged) and clause.answer is not None:
        accept(duty)
    if duty.clause.kind != "settle":
        return
    for stage in ("check", "pay"):
        following = Duty.objects.filter(
            thread=duty.thread, clause=duty.clause, state=Duty.State.OPEN, subject__contains=f"/{stage}"
        )
        for each in following.select_related("clause__version"):
            _perform(each)
            if _state(each, Duty.State.MET):
                raise ValueError(f"the {stage} of the account is {each.state}")


def _tell(duty: Duty) -> None:
    owed = Duty.objects.filter(
        matter=duty.matter_id,
        bound_desk=duty.bound_desk_id,
        owed_desk=duty.owed_desk_id,
        state=Duty.State.OPEN,
    )
    known = {name: text for each in owed for name, text in each.wanted.get("carried", {}).items()}
    named = [name for each in owed for name in each.wanted.get("must_carry", ())]
    carried = {name: known.get(name) or "trial" for name in named}
    actions.tell(
        by=seat(duty.bound_desk_id),
        key=f"tell:{duty.pk}",
        matter=str(duty.matter_id),
        to_desk=duty.owed_desk_id,
        carried=carried,
    )


def _perform(duty: Duty) -> None:
    """Deliver what is asked for; where the clause gives time to answer, accept it as well when that is asked."""
    clause = rulebook.read_clause(duty.clause)
    carried = {each.name: _text(each) for each in performing.asked(clause, duty) if each.required}
    actions.perform(by=seat(duty.bound_desk_id), key=f"perform:{duty.pk}", duty=duty.pk, carried=carried)


def _text(asked: performing.Asked) -> str:
    if asked.choices:
        return str(asked.choices[0][0])
    return "100" if asked.kind == "money" else "trial"


def accept(duty: Duty) -> None:
    """Accept what was delivered."""
    actions.accept(by=seat(duty.owed_desk_id), key=f"accept:{duty.pk}", duty=duty.pk)

"""Reconcile: bring the duties of a matter in line with what its clauses want. Twice is the same as once.

Call it inside a running act, with the matter's row locked or just made. What to do is decided by `plan`, pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from tongxin.heart.agreements import (
    bells,
    clocks,
    conflicts,
    duties,
    periods,
    plan,
    rulebook,
    scene,
    wording,
)
from tongxin.heart.agreements.language import Due, Notify, Within
from tongxin.heart.agreements.match import PERIOD, Binding, Considered, Wanted, match
from tongxin.heart.agreements.models import Clause, Duty, InstrumentVersion
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region import worktime
from tongxin.heart.region.models import Desk
from tongxin.shared import clock


@dataclass
class Outcome:
    """What reconciling did."""

    opened: list[Duty] = field(default_factory=list)
    voided: list[Duty] = field(default_factory=list)
    moved: list[Duty] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what the act's ledger entry keeps of it."""
        return {
            "duties": duties.summaries(self.opened),
            "voided": duties.summaries(self.voided),
        }


@dataclass(frozen=True)
class View:
    """What matching found for a matter as it stands."""

    told: Sequence[scene.Told]
    wanted: tuple[Wanted, ...]
    considered: tuple[Considered, ...]
    bindings: Sequence[Binding]


def view(matter: Matter, *, whole: bool = False) -> View:
    """Return what the matter's rulebook wants of the heads of its chains, and why.

    With `whole` every clause of the rulebook is looked at and answered for; else only those that wait for an event
    of the matter, which want the same.
    """
    return view_of(matter, scene.told_of(scene.events_of(matter)), whole=whole)


def view_of(matter: Matter, told: Sequence[scene.Told], *, whole: bool = False) -> View:
    """Return what the matter's rulebook wants after these of its events, and why."""
    pinned_at = matter.pinned_at or matter.opened_at
    now = scene.scene_of(told)
    events = None if whole else {fact.type for fact in now.facts}
    pinned = [*matter.rulebook, *matter.joined]
    left = rulebook.left_by(pinned, pinned_at)
    book = rulebook.bindings(matter.rulebook, joined=matter.joined, events=events, left=left)
    found = match(
        now,
        book,
        places=scene.places_on(pinned_at),
        words=scene.words(),
        bars=rulebook.barrings(pinned, left=left),
    )
    wanted, considered = _staffable(found.wanted, found.considered)
    if whole:
        considered = _countable(matter, wanted, considered)
    return View(told, wanted, considered, book)


def _staffable(
    wanted: tuple[Wanted, ...], considered: tuple[Considered, ...]
) -> tuple[tuple[Wanted, ...], tuple[Considered, ...]]:
    """Leave out what a desk would owe that does not exist, and say so."""
    named = {d for w in wanted for d in (w.bound_desk, w.owed_desk)}
    there = set(Desk.objects.filter(id__in=named).values_list("id", flat=True))
    if named <= there:
        return wanted, considered
    kept = tuple(w for w in wanted if {w.bound_desk, w.owed_desk} <= there)
    binding = {w.clause_id for w in kept}
    lost = {
        w.clause_id: w.bound_desk if w.bound_desk not in there else w.owed_desk
        for w in wanted
        if w not in kept
    }
    return kept, tuple(
        Considered(c.clause_id, False, "no_such_desk", lost[c.clause_id])
        if c.clause_id in lost and c.clause_id not in binding
        else c
        for c in considered
    )


def _countable(
    matter: Matter, wanted: Iterable[Wanted], considered: tuple[Considered, ...]
) -> tuple[Considered, ...]:
    """Say of a clause that binds that its time cannot be counted, so that nothing is owed by it.

    What a duty stands for, or ended for, was counted when it opened.
    """
    there = Duty.objects.filter(matter=matter, purpose=Duty.Purpose.DO).exclude(state=Duty.State.VOID)
    made = set(there.values_list("clause_key", "bound_desk_id", "owed_desk_id", "subject"))
    lost: dict[str, str] = {}
    left = [want for want in wanted if want.key not in made]
    hours = hours_of(left)
    for want in left:
        try:
            count(want, want.due, want.fact.known_at, (), hours)
        except plan.Uncountable:
            lost[want.clause_id] = want.bound_desk
    return tuple(
        Considered(c.clause_id, False, "uncountable", lost[c.clause_id]) if c.clause_id in lost else c
        for c in considered
    )


def cause_of(event: Event, at: datetime) -> plan.Cause:
    """Return an event as what makes its matter be looked at again."""
    move = "computed_time" if event.engine is not None else "correction"
    fact = scene.fact_of(event)
    return plan.Cause(f"event:{event.id}", at, lambda starts: scene.start_of(fact, starts), move)


def reconcile(
    matter: Matter, a: Act, cause: plan.Cause, kept: Mapping[plan.Key, plan.Round] | None = None
) -> Outcome:
    """Open what is wanted and missing, move what is due at another time, void what nothing wants.

    `kept`: the rounds that stood in a matter that this one has just absorbed.
    """
    return _apply(matter, a, cause, planned(matter, view(matter), cause, kept))


def planned(
    matter: Matter, found: View, cause: plan.Cause, kept: Mapping[plan.Key, plan.Round] | None = None
) -> list[plan.Step]:
    """Return what would be done to bring the matter in line with what was found; nothing is done."""
    rows = _latest(matter)
    rounds = {key: round_of(duty) for key, duty in rows[Duty.Purpose.DO].items()}
    downs = {key: round_of(duty) for key, duty in rows[Duty.Purpose.STAND_DOWN].items()}
    told = {key: round_of(duty) for key, duty in rows[Duty.State.MET].items()}
    bodies = {b.clause_id: b.clause for b in found.bindings}

    def undo_of(latest: plan.Round) -> timedelta | None:
        clause = bodies.get(latest.clause_id) or rulebook.read_clause(latest.ref.clause)
        return clause.undo.within if isinstance(clause, Notify) and clause.undo else None

    return plan.plan(
        found.wanted,
        rounds,
        downs,
        cause=cause,
        anchor=lambda opened_by, starts: scene.anchor(found.told, opened_by, starts),
        count=partial(count, hours=hours_of(found.wanted)),
        undo_of=undo_of,
        last_met=told,
        kept=kept,
    )


def hours_of(wanted: Iterable[Wanted]) -> clocks.Hours:
    """Return the hours of all desks of what is wanted, to be looked up together when the first is counted."""
    return clocks.Hours(frozenset(desk for want in wanted for desk in (want.bound_desk, want.owed_desk)))


def count(
    want: Wanted,
    limit: Due,
    starts_at: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
    hours: clocks.Hours | None = None,
) -> clocks.Count | None:
    """Count a limit on the calendars of the two desks; `hours` where many are counted. Raises plan.Uncountable."""
    known = hours or clocks.Hours()
    of_period = want.fact.type == PERIOD
    period = periods.named(str(want.fact.data["period"]), zone=known.zone) if of_period else None
    try:
        return clocks.due_of(
            limit,
            starts_at,
            bound_desk=want.bound_desk,
            owed_desk=want.owed_desk,
            times=want.times,
            period=period,
            pauses=pauses,
            hours=known,
        )
    except (worktime.NeverOpen, OverflowError) as error:
        raise plan.Uncountable(want.clause_id) from error


def _latest(matter: Matter) -> dict[str, dict[plan.Key, Duty]]:
    """Return the latest round by key, of duties that reconciling opened; and under `met` the latest one met."""
    found: dict[str, dict[plan.Key, Duty]] = {Duty.Purpose.DO: {}, Duty.Purpose.STAND_DOWN: {}}
    met: dict[plan.Key, Duty] = {}
    own = thread_of(matter)
    absorbed = [f"matter:{n}" for n in matter.absorbed.values_list("number", flat=True)]
    rows = Duty.objects.filter(thread__in=[own, *absorbed], purpose__in=list(found)).exclude(by_an_act())
    for duty in sorted(
        rows.select_related("clause__version"), key=lambda d: (d.thread == own, d.round, d.thread)
    ):
        if duty.thread != own and duty.state == Duty.State.VOID:
            continue  # the absorbed matter let go of it; here it is wanted anew or not at all
        key = (duty.clause_key, duty.bound_desk_id, duty.owed_desk_id, duty.subject)
        found[duty.purpose][key] = duty
        if (duty.purpose, duty.state) == (Duty.Purpose.DO, Duty.State.MET):
            met[key] = duty
    return found | {Duty.State.MET: met}


def by_an_act() -> Q:
    """Return the condition that a duty follows an act (a receipt, a stage, a deletion), not what a clause wants."""
    return Q(opened_by__startswith="message:") | Q(opened_by__startswith="ending:")


def thread_of(matter: Matter) -> str:
    """Return the thread of a matter's duties and messages."""
    return f"matter:{matter.number}"


def round_of(duty: Duty) -> plan.Round:
    """Return a row as the plan sees it."""
    return plan.Round(
        ref=duty,
        number=duty.round,
        state=duty.state,
        clause_id=duty.clause_id,
        opened_by=duty.opened_by,
        opened_at=duty.opened_at,
        starts_at=duty.starts_at,
        due_at=duty.due_at,
        wanted={k: v for k, v in duty.wanted.items() if k != "of_round"},
        told=duty.told,
        of_round=int(duty.wanted.get("of_round", 0)),
        no_time_left=duty.no_time_left,
        pauses=tuple(duties.pauses_of(duty)),
    )


def _apply(matter: Matter, a: Act, cause: plan.Cause, steps: Iterable[plan.Step]) -> Outcome:
    done = Outcome()
    new: list[Duty] = []
    opening = [s for s in steps if isinstance(s, plan.Open)]
    clauses = Clause.objects.select_related("version").in_bulk({s.want.clause_id for s in opening})
    for step in steps:
        match step:
            case plan.Open():
                new.append(_row(matter, a, cause, step, clauses[step.want.clause_id]))
            case plan.StandDown():
                new.append(_stand_down(matter, a, cause, step))
            case plan.Move():
                _move(a, cause, step)
                done.moved.append(step.ref)
            case plan.Refresh():
                _refresh(step, a)
            case plan.Void():
                duties.void(step.ref, at=a.at, reason=f"{step.why}:{cause.ref}")
                done.voided.append(step.ref)
            case plan.LeftOut():
                _ring_left_out(matter, a, step.want)
    done.opened = list(Duty.objects.bulk_create(new))
    return done


def _row(matter: Matter, a: Act, cause: plan.Cause, step: plan.Open, clause: Clause) -> Duty:
    want = step.want
    return Duty(
        clause=clause,
        clause_key=want.clause_key,
        thread=thread_of(matter),
        matter=matter,
        bound_desk_id=want.bound_desk,
        owed_desk_id=want.owed_desk,
        purpose=Duty.Purpose.DO,
        subject=want.subject,
        round=step.number,
        opened_by=step.opened_by or cause.ref,
        opened_at=a.at,
        starts_at=step.starts_at,
        due_at=step.count.due_at,
        due_count=step.count.detail,
        pauses=[p for p in step.over.ref.pauses if p["until"]] if step.over else [],
        baseline_due_at=step.count.due_at if clause.kind == "deliver" else None,
        needed_by=want.needed_by,
        no_time_left=step.no_time_left,
        wanted=plan.as_json(want),
        illustrative=clause.version.illustrative,
        drill=matter.drill,
    )


def _stand_down(matter: Matter, a: Act, cause: plan.Cause, step: plan.StandDown) -> Duty:
    told: Duty = step.ref
    limit = Within(within=step.within, starts="known", clock="calendar")
    counted = clocks.due(limit, step.starts_at, bound_desk=told.bound_desk_id, owed_desk=told.owed_desk_id)
    return Duty(
        clause=told.clause,
        clause_key=told.clause_key,
        thread=thread_of(matter),
        matter=matter,
        bound_desk_id=told.bound_desk_id,
        owed_desk_id=told.owed_desk_id,
        purpose=Duty.Purpose.STAND_DOWN,
        subject=told.subject,
        round=step.number,
        opened_by=cause.ref,
        opened_at=a.at,
        starts_at=step.starts_at,
        due_at=counted.due_at,
        due_count=counted.detail,
        wanted={"of_round": step.of_round},
        illustrative=told.illustrative,
        drill=told.drill,
    )


def _refresh(step: plan.Refresh | plan.Move, a: Act) -> None:
    """Keep beside a standing round what is wanted now; after a switch, by the clause that rules now."""
    duty: Duty = step.ref
    duty.wanted = plan.as_json(step.want)
    was, duty.needed_by = duty.needed_by, step.want.needed_by
    if duty.clause_id != step.want.clause_id:
        duty.clause = Clause.objects.select_related("version").get(pk=step.want.clause_id)
        duty.illustrative = duty.clause.version.illustrative
    duty.ring_at = None
    duty.save(update_fields=["wanted", "needed_by", "clause", "illustrative", "no_time_left", "ring_at"])
    bells.needed(duty, was, a.at)


def _move(a: Act, cause: plan.Cause, step: plan.Move) -> None:
    duty: Duty = step.ref
    duty.starts_at = step.starts_at
    duty.no_time_left = step.no_time_left
    _refresh(step, a)
    duties.move(duty, step.count, a, why=step.why, cause=cause.ref, to=step.new)


def _ring_left_out(matter: Matter, a: Act, want: Wanted) -> None:
    """Tell both coordination offices, once, that a clause makes no duty because its time cannot be counted."""
    sides = (want.bound_desk.partition("/")[0], want.owed_desk.partition("/")[0])
    link = wording.thread_url(thread_of(matter), matter.kind)
    exchange.notify_all(
        [
            exchange.Ring(
                f"{side}/{conflicts.COORDINATION}",
                "duty_uncountable",
                link,
                a.at,
                f"uncountable:{matter.number}:{want.clause_id}:{want.bound_desk}:{want.owed_desk}:{side}",
                {"thread": thread_of(matter), "desk": want.bound_desk, "clause": want.clause_id},
                drill=matter.drill,
            )
            for side in dict.fromkeys(sides)
        ]
    )


def rulebook_joined(matter: Matter, event: Event) -> dict[str, str]:
    """Add the wholly new instruments that bind at an event; return them, each with the instant since when it binds."""
    return join(matter, rulebook.at(event.known_at))


def join(matter: Matter, versions: Iterable[str]) -> dict[str, str]:
    """Let those versions join a matter whose instruments it has not pinned; return them with since when they bind.

    A newer version of an instrument that the matter has pinned does not join: the matter keeps the one it began with.
    Each binds for what was known since it came into force, in whatever order that is entered.
    """
    there = {pk.partition("@")[0] for pk in [*matter.rulebook, *matter.joined]}
    wanted = [pk for pk in versions if pk.partition("@")[0] not in there]
    if not wanted:
        return {}
    rows = InstrumentVersion.objects.filter(id__in=wanted).order_by("id")
    new = {pk: clock.iso(since) for pk, since in rows.values_list("id", "binds_from") if since}
    matter.joined = matter.joined | new
    matter.save(update_fields=["joined"])
    return new

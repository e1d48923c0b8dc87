"""Makes the rows of a board from the duties that were read: errands, answers, days that were named, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tongxin.heart.agreements import (
    conflicts,
    count_story,
    duty_acts,
    jobs,
    performing,
    rulebook,
    threads,
    vocabulary,
    wording,
)
from tongxin.heart.agreements.duties import SIGHT_ENDED
from tongxin.heart.agreements.language import Notify
from tongxin.heart.agreements.models import ClauseConflict, Duty
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.site.board_parts import Row, group_of
from tongxin.site.board_reads import Read

ERRAND_FIELDS = ("thread", "bound_desk_id", "owed_desk_id", "purpose", "opened_by", "due_at", "clause__kind")


class Maker:
    """Makes rows; what they all need was read once for the whole board, and of `matters` beside it."""

    def __init__(self, reader: Acting, now: datetime, found: Read, matters: Iterable[Matter] = ()) -> None:
        self.reader, self.now = reader, now
        self.seen = threads.of_duties(reader, found.all, matters)
        self.noted = _conflicts(reader, found.own) if found.own or reader.coordinates else []
        self.known = _known_events(found.own)

    def rows(self, found: Read) -> list[Row]:
        """Return every row of the board."""
        made = [self.errand(duties, "") for duties in errands_of(found.own)]
        made += [self.answer(duty) for duty in found.answers]
        made += [self.single(duty, "suspended") for duty in found.suspended]
        made += [self.errand(duties, "waiting") for duties in errands_of([*found.theirs, *found.paused])]
        made += [self.sent(duty) for duty in found.sent]
        made += [self.proposal(duty) for duty in found.proposals]
        made += [self.single(duty, "done") for duty in found.done]
        return made + self.decisions()

    def errand(self, duties: Sequence[Duty], group: str) -> Row:
        """Return the row of the duties that one act would serve."""
        ruling = min(duties, key=lambda d: (jobs.working_deadline(d), d.pk))
        due = jobs.working_deadline(ruling)
        if group == "waiting":
            stands = [d for d in duties if d.state == Duty.State.OPEN]
            state = "suspended" if not stands else "waiting" if due >= self.now else "open"
            return self._row(ruling, duties, group, state, due)
        note = self._conflict(duties)
        return self._row(
            ruling,
            duties,
            group_of(due, ruling.opened_at, self.now),
            "open",
            due,
            action=self._action(ruling),
            rule="needed_by" if due != ruling.due_at else "due",
            carries=self._carries(duties),
            conflict=note.pk if note else None,
        )

    def single(self, duty: Duty, group: str) -> Row:
        """Return the row of one duty: suspended, just done, or chosen elsewhere."""
        if group == "done":
            return self._row(duty, [duty], "done", "met", duty.due_at, done_at=duty.ended_at)
        if group == "suspended":
            return self._row(duty, [duty], "suspended", "suspended", duty.due_at, action=self._resume(duty))
        claimed = duty.state == Duty.State.CLAIMED
        due = duty.answer_due_at if claimed and duty.answer_due_at else jobs.working_deadline(duty)
        return self._row(
            duty, [duty], group_of(due, duty.opened_at, self.now), "open", due, action=self._action(duty)
        )

    def answer(self, duty: Duty) -> Row:
        """Return the row of a delivery that waits for the own side's answer."""
        due = duty.answer_due_at or duty.due_at
        may = duty.owed_desk_id == self.reader.desk and "confirm" in self.reader.capabilities
        return self._row(
            duty,
            [duty],
            group_of(due, duty.delivered_at, self.now),
            "open",
            due,
            text=_("Accept or send back: %(what)s") % {"what": wording.duty_words(duty)},
            opened_at=duty.delivered_at,
            url=f"/duties/{duty.pk}/#act",
            action=_("Answer") if may else "",
            rule="answer",
        )

    def sent(self, duty: Duty) -> Row:
        """Return the row of an own delivery that waits for the other side's answer."""
        due = duty.answer_due_at or duty.due_at
        text = _("Their answer: %(what)s") % {"what": wording.duty_words(duty)}
        return self._row(
            duty, [duty], "waiting", "waiting", due, text=text, opened_at=duty.delivered_at, rule="answer"
        )

    def proposal(self, duty: Duty) -> Row:
        """Return the row of another day that the other side has named."""
        days = duty_acts.proposed_days(duty)
        mine = duty.bound_desk_id == self.reader.desk
        day = days.get("owed" if mine else "bound") or next(iter(days.values()))
        row = self._row(
            duty,
            [duty],
            group_of(duty.due_at, duty.opened_at, self.now),
            "open",
            duty.due_at,
            text=_("Another day was named, %(day)s: %(what)s")
            % {"day": day, "what": wording.duty_words(duty)},
            url=f"/duties/{duty.pk}/#act",
            action=_("Answer") if "excuse" in self.reader.capabilities else "",
        )
        return replace(row, key=f"date-{duty.pk}")

    def decisions(self) -> list[Row]:
        """Return the conflicts of clauses that the reader's coordination office has not decided yet."""
        if not self.reader.coordinates:
            return []
        waits = [
            row
            for row in self.noted
            if self.reader.desk in conflicts.offices(row) and self.reader.desk not in row.votes
        ]
        if not waits:
            return []
        standing = conflicts.standing(waits)
        there = [row.pk for row in waits if len(standing[row.pk]) == 2]
        return [
            self._decision(row, drill=any(duty.drill for duty in standing[row.pk].values()))
            for row in (conflicts.seen_by(self.reader).filter(pk__in=there) if there else ())
        ]

    def _decision(self, row: ClauseConflict, *, drill: bool) -> Row:
        number = row.thread.partition(":")[2]
        seen = self.seen.get(row.thread, threads.Seen(number))
        return Row(
            key=f"conflict-{row.pk}",
            group="now",
            state="open",
            text=_("Say which of two clauses rules"),
            about=seen.title,
            number=number,
            bound=row.bound_desk,
            owed=row.owed_desk,
            due_at=None,
            opened_at=row.opened_at,
            clause=row.one,
            field=row.one.version.instrument.field,
            url=conflicts.url(row.pk),
            action=_("Decide") if "excuse" in self.reader.capabilities else "",
            illustrative=row.one.version.illustrative or row.other.version.illustrative,
            drill=drill,
            conflict=row.pk,
        )

    def _row(
        self,
        ruling: Duty,
        duties: Sequence[Duty],
        group: str,
        state: str,
        due_at: datetime,
        *,
        text: str = "",
        opened_at: datetime | None = None,
        done_at: datetime | None = None,
        url: str = "",
        **more: Any,
    ) -> Row:
        seen = self.seen.get(ruling.thread, threads.Seen(ruling.thread.partition(":")[2]))
        here = duty_acts.done_here(ruling)
        return Row(
            key=f"duty-{ruling.pk}",
            group=group,
            state=state,
            text=text or wording.duty_words(ruling),
            about=seen.title,
            number=seen.number,
            bound=ruling.bound_desk,
            owed=ruling.owed_desk,
            due_at=due_at,
            opened_at=opened_at or ruling.opened_at,
            done_at=done_at,
            clause=ruling.clause,
            field=ruling.clause.version.instrument.field,
            url=url or (f"/duties/{ruling.pk}/" if here else seen.url),
            duty=ruling,
            duties=tuple(sorted(duties, key=lambda d: (d.pk != ruling.pk, d.due_at, d.pk))),
            illustrative=any(d.illustrative for d in duties),
            drill=any(d.drill for d in duties),
            note=_note(ruling),
            **more,
        )

    def _action(self, duty: Duty) -> str:
        """Return the button of a duty, where the reader's post may press it."""
        label, capability = duty_acts.button(duty)
        mine = duty.bound_desk_id == self.reader.desk and duty.state == Duty.State.OPEN
        mine = mine and duty_acts.not_before(duty, self.now) is None
        goes = duty_acts.done_here(duty) or bool(self.seen.get(duty.thread, threads.Seen("")).url)
        return label if mine and goes and capability in self.reader.capabilities else ""

    def _resume(self, duty: Duty) -> str:
        mine = duty.bound_desk_id == self.reader.desk and "perform" in self.reader.capabilities
        here = duty_acts.done_here(duty) and not duty_acts.by_rules(duty)
        return _("Resume") if mine and here else ""

    def _conflict(self, duties: Sequence[Duty]) -> ClauseConflict | None:
        """Return the undecided conflict between two of these duties."""
        there = {(d.thread, d.bound_desk_id, d.owed_desk_id, d.clause_id) for d in duties}
        return next(
            (
                row
                for row in self.noted
                if row.ruling_id is None
                and {
                    (row.thread, row.bound_desk_id, row.owed_desk_id, row.one_id),
                    (row.thread, row.bound_desk_id, row.owed_desk_id, row.other_id),
                }
                <= there
            ),
            None,
        )

    def _carries(self, duties: Sequence[Duty]) -> tuple[str, ...]:
        """Return what one act must carry for all that it would serve, each title once, in the order of the clauses."""
        thread = duties[0].thread
        known = self.known.get(thread, frozenset())
        ruled = [row for row in self.noted if row.thread == thread]
        names: dict[str, None] = {}
        for duty in conflicts.servable_of(duties, known, ruled):
            names |= dict.fromkeys(_demanded(duty))
        titles = vocabulary.shareable()
        return tuple(str(titles.get(name, name)) for name in names)


def errands_of(duties: Iterable[Duty]) -> list[list[Duty]]:
    """Return the duties in errands: those that one act would serve stand together, earliest due first."""
    found: dict[tuple[str, ...], list[Duty]] = {}
    for duty in duties:
        found.setdefault(_errand_key(duty), []).append(duty)
    return list(found.values())


def _errand_key(duty: Duty) -> tuple[str, ...]:
    """Return what duties of one errand share: thread, both desks, and the kind of act that serves them."""
    sides = (duty.thread, duty.bound_desk_id, duty.owed_desk_id, duty.purpose)
    if duty.purpose == Duty.Purpose.CONFIRM:
        return (*sides, duty.opened_by)  # one receipt for each message
    if duty.purpose == Duty.Purpose.STAND_DOWN or duty.clause.kind == "notify":
        return sides
    return (*sides, str(duty.pk))


def _demanded(duty: Duty) -> list[str]:
    if duty.purpose != Duty.Purpose.DO:
        return []
    clause = rulebook.read_clause(duty.clause)
    if isinstance(clause, Notify):
        forbidden = {name for name, _bar in duty.wanted.get("withheld", ())}
        return [name for name in clause.must_carry if name not in forbidden]
    if duty.clause.kind == "share" and duty.subject != performing.DELETE:
        return [each.name for each in performing.asked(clause, duty) if each.required]
    return []


def _note(duty: Duty) -> str:
    """Return what stands beside a duty: the first date and the agreed one, rounds, sendings back."""
    parts = []
    if duty.baseline_due_at and duty.baseline_due_at != duty.due_at:
        said = {"first": _day(duty.baseline_due_at), "now": _day(duty.due_at)}
        parts.append(_("first date %(first)s, agreed %(now)s") % said)
    if duty.round > 1:
        parts.append(_("round %(n)d") % {"n": duty.round})
    if duty.sent_back:
        parts.append(_("sent back"))
    if duty.no_time_left:
        parts.append(_("no time left"))
    if duty_acts.without_sight(duty):
        parts.append(count_story.pause_words(SIGHT_ENDED, {}))
    return " · ".join(parts)


def _day(at: datetime) -> str:
    """Return the day whose end an instant is."""
    return f"{clock.beijing(at - timedelta(microseconds=1)):%Y-%m-%d}"


def _conflicts(reader: Acting, own: Sequence[Duty]) -> list[ClauseConflict]:
    """Return the conflicts on the errands of the list, and those that a coordination office may have to decide."""
    told = {d.thread for d in own if d.clause.kind == "notify" and d.purpose == Duty.Purpose.DO}
    if not told and not reader.coordinates:
        return []
    wanted = Q(thread__in=told)
    if reader.coordinates:
        wanted |= Q(ruling__isnull=True)
    return list(conflicts.of_side(reader).filter(wanted))


def _known_events(own: Sequence[Duty]) -> Mapping[str, frozenset[str]]:
    """Return the types of events known in the matters whose duties wait for one; read only where one does."""
    waits = {
        d.matter_id
        for d in own
        if d.clause.kind == "notify" and d.matter_id and d.clause.body.get("only_after")
    }
    if not waits:
        return {}
    rows = Event.objects.filter(matter__in=events.with_absorbed(waits), replaced_by__isnull=True)
    rows = rows.exclude(act=Event.Act.WITHDRAWAL)
    found: dict[str, set[str]] = {}
    for kind, number, absorbed_by in rows.values_list("type", "matter_id", "matter__absorbed_by_id"):
        for each in {number, absorbed_by} - {None}:
            found.setdefault(f"matter:{each}", set()).add(kind)
    return {thread: frozenset(kinds) for thread, kinds in found.items()}

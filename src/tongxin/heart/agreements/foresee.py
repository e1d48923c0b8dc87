"""What would follow from an event that is not recorded yet: who is told anew, what moves, what falls away.

The same matching and the same plan as when it is recorded; nothing is written. Others may act in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import clocks, plan, reconcile, scene, wording
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region.models import Desk
from tongxin.shared.named import Both

ORDER = ("tell", "tell_anew", "stand_down", "move", "void")


@dataclass(frozen=True)
class Foreseen:
    """One thing that would follow; `str()` words it."""

    kind: str  # tell, tell_anew, stand_down, move, void
    bound: Both
    owed: Both
    round: int
    due_at: datetime | None = None
    was_due_at: datetime | None = None
    no_time_left: bool = False

    def __str__(self) -> str:
        said = {
            "bound": self.bound,
            "owed": self.owed,
            "n": self.round,
            "due": wording.due_moment(self.due_at),
            "was": wording.due_moment(self.was_due_at),
        }
        match self.kind:
            case "tell":
                return _("%(bound)s has to tell %(owed)s by %(due)s.") % said
            case "tell_anew":
                return _("%(bound)s has to tell %(owed)s anew by %(due)s (round %(n)d).") % said
            case "stand_down":
                return _("%(bound)s has to tell %(owed)s by %(due)s that it no longer concerns them.") % said
            case "move":
                return _("What %(bound)s owes %(owed)s is due %(due)s instead of %(was)s.") % said
        return _("%(bound)s no longer owes %(owed)s an open duty; it is void.") % said


def after(matter: Matter, event: Event) -> list[Foreseen]:
    """Return what would follow if the event, not stored, joined the matter now; the nearest dues first."""
    events = [*scene.events_of(matter), event]
    found = reconcile.view_of(matter, scene.told_of(events))
    steps = reconcile.planned(matter, found, reconcile.cause_of(event, event.recorded_at))
    return _worded(steps)


def replacing(head: Event, *, at: datetime, act: str, **more: Any) -> Event:
    """Return an event that would replace the head of a chain at an instant; it is not stored.

    `more` are fields of an event that differ from the head's.
    """
    same = {"type": head.type, "place_id": head.place_id, "occurred_at": head.occurred_at, "data": head.data}
    return joining(
        head.matter, head.by_desk, at=at, act=act, replaces=head, **({"known_at": at} | same | more)
    )


def joining(matter: Matter, by_desk: Desk, *, at: datetime, **more: Any) -> Event:
    """Return an event that would join a matter at an instant; it is not stored."""
    return Event(
        matter=matter,
        ordinal=matter.events.count() + 1,
        by_desk=by_desk,
        recorded_at=at,
        drill=matter.drill,
        **more,
    )


def _worded(steps: Sequence[plan.Step]) -> list[Foreseen]:
    sides: dict[int, tuple[str, str]] = {}
    for n, step in enumerate(steps):
        if isinstance(step, plan.Open | plan.LeftOut):
            sides[n] = (step.want.bound_desk, step.want.owed_desk)
        else:
            duty: Duty = step.ref
            sides[n] = (duty.bound_desk_id, duty.owed_desk_id)
    names = wording.desk_names(desk for pair in sides.values() for desk in pair)
    found = []
    for n, step in enumerate(steps):
        bound, owed = (names.get(d) or Both(zh=d, en=d) for d in sides[n])
        match step:
            case plan.Open():
                kind = "tell_anew" if step.number > 1 else "tell"
                due = step.count.due_at
                found.append(Foreseen(kind, bound, owed, step.number, due, no_time_left=step.no_time_left))
            case plan.StandDown():
                found.append(Foreseen("stand_down", bound, owed, step.number, _undo_due(step)))
            case plan.Move():
                found.append(Foreseen("move", bound, owed, step.ref.round, step.new, step.old))
            case plan.Void():
                found.append(Foreseen("void", bound, owed, step.ref.round))
            case plan.Refresh() | plan.LeftOut():
                continue
    return sorted(
        found, key=lambda f: (ORDER.index(f.kind), f.due_at is None, str(f.due_at or ""), f.owed.en)
    )


def _undo_due(step: plan.StandDown) -> datetime:
    limit = Within(within=step.within, starts="known", clock="calendar")
    duty: Duty = step.ref
    count = clocks.due(limit, step.starts_at, bound_desk=duty.bound_desk_id, owed_desk=duty.owed_desk_id)
    return count.due_at

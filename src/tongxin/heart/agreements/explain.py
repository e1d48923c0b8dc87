"""Why a desk owes what it owes: every clause that was looked at, why it did or did not bind, and its duties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import count_story, errands, queries, reconcile, vocabulary, wording
from tongxin.heart.agreements.match import Considered
from tongxin.heart.agreements.models import Clause, Duty, Instrument
from tongxin.heart.events import vocabulary as events
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.named import Both, pick

FAR = frozenset(
    {"other_event", "no_event", "other_instrument"}
)  # findings of clauses that are about something else

# Findings whose detail names no place, desk or instrument.
UNNAMED = frozenset(
    {
        "other_event",
        "condition_fails",
        "value_differs",
        "not_likely",
        "not_yet_in_force",
        "other_period",
        "other_milestone",
    }
)

# How near a finding is to binding: the later matching lets go of a clause, the nearer it was.
NEARNESS: Mapping[str, int] = {
    "not_likely": 0,
    "no_such_desk": 0,
    "uncountable": 0,
    "nobody_to_tell": 1,
    "nobody_is_bound": 2,
    "place_is_no_party": 3,
    "not_yet_in_force": 4,
    "condition_fails": 5,
    "value_differs": 5,
    "other_period": 6,
    "other_task": 6,
    "other_milestone": 6,
}
FARTHEST = 9
NEAR = 6  # clauses that did not bind which a page shows at once; the rest is folded
FOLDED = 200  # of them a page holds; the API has them all

WHOSE: Mapping[str, Any] = {
    "place": gettext_lazy("the place"),
    "reporter": gettext_lazy("who reported it"),
    "each_party": gettext_lazy("each party"),
    "other_parties": gettext_lazy("the other parties"),
}
BOUND: Mapping[str, Any] = {
    "notify": gettext_lazy("It binds: to be told are %(whom)s."),
    "recognise": gettext_lazy("It binds: an answer is owed to %(whom)s."),
    "share": gettext_lazy("It binds: the data go to %(whom)s."),
    "deliver": gettext_lazy("It binds: the delivery goes to %(whom)s."),
    "settle": gettext_lazy("It binds: the account is stated to %(whom)s."),
}


@dataclass(frozen=True)
class Reason:
    """One clause that was looked at, with the duties it made; `str()` words it in the reader's language."""

    clause: Clause
    considered: Considered
    names: Mapping[str, Both]  # of the places, desks and instruments in the detail
    duties: tuple[Duty, ...] = field(default=())
    own: bool = True  # of an instrument that the matter's events name, or they name none

    @property
    def bound(self) -> bool:
        """Whether the clause made duties."""
        return self.considered.bound

    @property
    def far(self) -> bool:
        """Whether the clause waits for something else altogether, so that it says little about this matter."""
        return self.considered.reason in FAR or not self.own

    @property
    def distance(self) -> int:
        """How far the clause was from binding: 0 and up, with those that are about something else last."""
        return FARTHEST if self.far else NEARNESS.get(self.considered.reason, FARTHEST - 1)

    def __str__(self) -> str:
        if self.considered.reason == "other_period" and not self.own:
            return _("It returns in periods of its own agreement.")
        return _said(self.clause, self.considered, self.names)


@dataclass(frozen=True)
class Shown:
    """Reasons as a page shows them: those that bound and the nearest at once, the rest folded."""

    near: tuple[Reason, ...]
    folded: tuple[Reason, ...]
    rest: int  # how many were looked at besides `near`

    @property
    def beyond(self) -> int:
        """How many the page does not hold."""
        return self.rest - len(self.folded)


def shown(reasons: Sequence[Reason]) -> Shown:
    """Return which of the reasons a page shows at once: what bound, then the nearest that are about such a matter."""
    bound = [r for r in reasons if r.bound]
    others = [r for r in reasons if not r.bound]
    nearest = [r for r in others if not r.far][:NEAR]
    rest = others[len(nearest) :]
    return Shown((*bound, *nearest), tuple(rest[:FOLDED]), len(rest))


def explain(
    reader: Acting,
    matter: Matter,
    known: Iterable[Duty] | None = None,
    notices: Iterable[errands.Notice] | None = None,
    whole: bool | None = None,
) -> list[Reason]:
    """Return what matching finds for the matter's pinned rulebook: what binds first, then the nearest to binding.

    Who sees the whole matter sees every clause; others only those under which they owe or are owed. `known` and
    `notices` are the duties and notices that the reader may see, `whole` is whether it is the whole, when they are at
    hand.
    """
    view = reconcile.view(matter, whole=True)
    seen = list(view.considered)
    named = {str(told.fact.data["instrument"]) for told in view.told if "instrument" in told.fact.data}
    duties: dict[str, list[Duty]] = {}
    for duty in queries.duties_in(reader, [matter.number], absorbed=False) if known is None else known:
        if duty.matter_id == matter.number:
            duties.setdefault(duty.clause_id, []).append(duty)
    if not (queries.sees_whole(reader, matter) if whole is None else whole):
        told = {reader.desk} | {
            n.message.to_desk_id for n in (errands.notices(reader, matter) if notices is None else notices)
        }
        told |= {d.owed_desk_id for rows in duties.values() for d in rows}
        seen = [_only(c, told) for c in seen if c.bound and c.clause_id in duties]
    rows = Clause.objects.select_related("version__instrument")
    clauses = rows.defer("version__source_text", "version__body").in_bulk({c.clause_id for c in seen})
    names = _names(seen)
    found = [
        Reason(
            clauses[c.clause_id],
            c,
            names,
            tuple(duties.get(c.clause_id, ())),
            not named or clauses[c.clause_id].version.instrument_id in named,
        )
        for c in seen
    ]
    return sorted(found, key=lambda r: (not r.bound, r.distance, r.clause.id))


def as_json(reason: Reason) -> dict[str, Any]:
    """Return a reason for programs: stable codes, the words, and each duty with its clock."""
    return {
        "clause": reason.clause.id,
        "kind": reason.clause.kind,
        "bound": reason.bound,
        "reason": reason.considered.reason,
        "detail": reason.considered.detail,
        "words": str(reason),
        "duties": [duty_json(duty) for duty in reason.duties],
    }


def duty_json(duty: Duty) -> dict[str, Any]:
    """Return a duty with its clock, as `explain` prints it."""
    count = count_story.of(duty)
    return {
        "id": duty.pk,
        "what": wording.duty_words(duty),
        "purpose": duty.purpose,
        "bound_desk": duty.bound_desk_id,
        "owed_desk": duty.owed_desk_id,
        "round": duty.round,
        "state": duty.state,
        "due_at": clock.beijing(duty.due_at).isoformat(timespec="seconds"),
        "needed_by": clock.beijing(duty.needed_by).isoformat(timespec="seconds") if duty.needed_by else None,
        "no_time_left": duty.no_time_left,
        "limit": count.limit,
        "starts": count.start,
        "calendar": count.calendar,
        "provisional": count.provisional,
        "counted": [
            {
                "from": line.first.isoformat(),
                "to": line.last.isoformat(),
                "counts": line.counts,
                "said": line.said,
            }
            for line in count.lines
        ],
    }


def _said(clause: Clause, seen: Considered, names: Mapping[str, Both]) -> str:
    detail = seen.detail
    named = pick("、", ", ").join(str(names.get(part, part)) for part in detail.split(", ") if part)
    match seen.reason:
        case "bound":
            return str(BOUND.get(clause.kind, _("It binds: owed to %(whom)s."))) % {"whom": named}
        case "no_event":
            return _no_event(clause.kind)
        case "other_event":
            return _("It waits for another event: %(event)s.") % {"event": _event(detail)}
        case "condition_fails":
            return _("Its condition does not hold: %(condition)s.") % {"condition": vocabulary.title(detail)}
        case "value_differs":
            return _("It is for other values of: %(field)s.") % {"field": _field(detail)}
        case "place_is_no_party":
            return _("The place, %(place)s, belongs to none of its parties.") % {"place": named}
        case "nobody_is_bound":
            return _("It binds nobody here: %(whom)s is no party, or has left.") % {
                "whom": _whose(detail, named)
            }
        case "nobody_to_tell":
            return _("None of its parties is among those to be told: %(whom)s.") % {
                "whom": _whose(detail, named)
            }
        case "not_likely":
            most, _less, bind = detail.partition(" < ")
            said = {"most": _share(most), "bind": _share(bind)}
            return _("Not likely enough: at most %(most)s, and it binds from %(bind)s.") % said
        case "not_yet_in_force":
            at = wording.moment(datetime.fromisoformat(detail))
            return _("It came into force at %(at)s, after this was known.") % {"at": at}
        case "other_period":
            return _("It returns in other periods than %(period)s.") % {"period": detail}
        case "other_instrument":
            return _("This is of another agreement: %(agreement)s.") % {"agreement": named}
        case "other_task":
            return _("This task of %(agreement)s is for other clauses.") % {"agreement": named}
        case "other_milestone":
            return _("It waits for another milestone than %(milestone)s.") % {"milestone": detail}
        case "no_such_desk":
            return _("It would bind a desk that does not exist: %(desk)s.") % {"desk": detail}
        case "uncountable":
            return _("It binds, but its time cannot be counted, so nothing is owed by it: %(desk)s.") % {
                "desk": named
            }
    return seen.reason


def _no_event(kind: str) -> str:
    if kind == "share":
        return _("It waits for no event: it says what may be seen.")
    return _("It waits for no event: it rules how cases are handed over.")


def _event(name: str) -> str:
    return str(events.get(name).title) if name in events.names() else name


def _field(name: str) -> str:
    fields = vocabulary.fields()
    return str(fields[name].title if name in fields else events.term(name) or name)


def _whose(word: str, named: str) -> str:
    return str(WHOSE.get(word, "")) or (str(vocabulary.title(word)) if named == word else named)


def _share(number: str) -> str:
    try:
        return f"{float(number) * 100:.4g}%"
    except ValueError:
        return number


def _names(seen: Iterable[Considered]) -> dict[str, Both]:
    parts = {part for c in seen if c.reason not in UNNAMED for part in c.detail.split(", ") if part}
    desks = wording.desk_names(p for p in parts if "/" in p)
    asked = vocabulary.question_words()
    plain = [p for p in parts if "/" not in p and len(p) <= 80 and p not in WHOSE and p not in asked]
    if not plain:
        return dict(desks)
    instruments = {
        row.id: Both(zh=f"《{row.title_zh}》", en=row.title_en)
        for row in Instrument.objects.filter(id__in=plain)
    }
    return wording.party_names(plain) | desks | instruments


def _only(seen: Considered, desks: set[str]) -> Considered:
    """Return the finding without the desks that the reader has no part in."""
    mine = ", ".join(d for d in seen.detail.split(", ") if d in desks)
    return Considered(seen.clause_id, seen.bound, seen.reason, mine)

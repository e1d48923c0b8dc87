"""What ended of a sight that a page was made under: which bar, clause or part, since when, and who is to be asked.

For the page that takes the place of one whose sight ended. A room says of its own subjects what the rules do not know
(`register`): a consent that was withdrawn, a case that went to other hands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tongxin.heart.agreements import judge, wording
from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.may import SEE, Answer, Subject
from tongxin.heart.agreements.models import Clause, Departure, InstrumentVersion
from tongxin.shared import clock
from tongxin.shared.named import pick


@dataclass(frozen=True)
class Ended:
    """One thing that ended: what it was and since when, as a sentence; where it can be read; who is to be asked."""

    text: str
    url: str = ""
    title: str = ""  # of what is behind the address
    ask: str = ""


@dataclass(frozen=True)
class Room:
    """What a room knows of its subjects: how fields are called, and why one that no rule keeps back is gone."""

    names: Callable[[Subject, Sequence[str]], str]
    why: Callable[[str, Subject, Sequence[str], Answer], Ended]


_rooms: dict[str, Room] = {}


def register(kind: str, room: Room) -> None:
    """Let a room say what ended of its subjects; called once, from a room's `apps.py`."""
    _rooms[kind] = room


def of(desk: str, shown: Iterable[tuple[str, Sequence[str]]], made_at: datetime | None = None) -> list[Ended]:
    """Return what ended of everything that a page made at an instant showed to a desk; empty where nothing did."""
    found: list[Ended] = []
    for name, fields in shown:
        subject = judge.known(name)
        if subject is None:
            continue
        whole = judge.may(desk, SEE, subject)
        gone = {"": whole} if not whole.yes else judge.seen(desk, subject, fields)
        alike: dict[tuple[str, str, str], list[str]] = {}
        for field, answer in gone.items():
            if not answer.yes:
                clause = _clause(desk, subject, field, made_at)
                alike.setdefault((answer.why_not, answer.bar, clause), []).append(field)
        for (_why, _bar, clause), names in alike.items():
            found.append(_words(desk, subject, [each for each in names if each], gone[names[0]], clause))
    return found


def _words(desk: str, subject: Subject, names: Sequence[str], answer: Answer, clause: str) -> Ended:
    room = _rooms[subject.name.partition(":")[0]]
    what = room.names(subject, names)
    if answer.why_not == core.BARRED:
        return _barred(subject, what, answer.bar)
    row = Clause.objects.select_related("version__instrument").filter(pk=clause).first() if clause else None
    if row is None:
        return room.why(desk, subject, names, answer)
    at = _end_of(row, subject, desk)
    said = _("%(what)s: the clause under which your desk saw it ended on %(at)s.") if at else _(
        "%(what)s: the clause under which your desk saw it is no longer in force."
    )  # fmt: skip
    return Ended(
        said % {"what": what, "at": wording.moment(at)},
        wording.clause_url(row),
        wording.clause_title(row),
        _owner(subject),
    )


def _barred(subject: Subject, what: str, bar: str) -> Ended:
    """A bar came: which one, of which agreement, in force since when."""
    version, _slash, name = bar.partition("/")
    row = InstrumentVersion.objects.select_related("instrument").filter(pk=version).first()
    if row is None:
        return Ended(_("%(what)s: kept back by %(bar)s.") % {"what": what, "bar": bar}, ask=_owner(subject))
    words = next((each["text"] for each in row.body.get("bars", ()) if each["id"] == name), None)
    title = pick(row.instrument.title_zh, row.instrument.title_en)
    said = _("%(what)s: a bar keeps it back, in force since %(at)s: %(bar)s") % {
        "what": what,
        "at": wording.moment(row.binds_from),
        "bar": pick(words["zh"], words["en"]) if words else name,
    }
    return Ended(said, f"/agreements/{row.pk}/", f"{title} ({bar})", _owner(subject))


def _clause(desk: str, subject: Subject, field: str, made_at: datetime | None) -> str:
    """Return the clause under which a field was seen when the page was made; empty where it was by a part."""
    if not field or made_at is None:
        return ""
    before = core.may(judge.rules_at(made_at), desk, SEE, subject, field, now=made_at)
    return before.clause if before.yes and before.basis == core.CLAUSE else ""


def _end_of(row: Clause, subject: Subject, desk: str) -> datetime | None:
    """Return since when a clause lets nothing be seen any more: its version ended, or a side left."""
    sides = {subject.whose.partition("/")[0], desk.partition("/")[0]}
    leaves = Departure.objects.filter(
        instrument=row.version.instrument_id, party__in=sides, withdrawn_at__isnull=True
    )
    ends = [row.version.binds_until, *leaves.values_list("ends_at", flat=True)]
    return min((at for at in ends if at is not None and at <= clock.now()), default=None)


def _owner(subject: Subject) -> str:
    """Whose record it is: the desk that can say what may be told of it."""
    names = wording.desk_names([subject.whose])
    return str(names.get(subject.whose, subject.whose))

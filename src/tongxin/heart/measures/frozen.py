"""Reads of frozen months: their lines as frozen and as restated, and when and under which entry they were frozen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.keeping import COUNTS, KEY, PLAIN, Asked, Line, LineKey, Tally, added, tally_of
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Checkpoint, Entry
from tongxin.heart.measures.models import FrozenMonth, Restatement, ScoreMonth
from tongxin.shared.errors import NotFound


def lines(asked: Asked) -> tuple[list[Line], set[str]]:
    """Return the lines of the frozen months that are asked for, and which months those are.

    The sums are one GROUP BY, the extras another read; restatements, which are few, are put upon them.
    """
    known = names() if asked.frozen is None else asked.frozen
    months = {name for name in known if asked.since <= name <= (asked.until or name)}
    if not months:
        return [], set()
    rows = asked.of(ScoreMonth.objects.filter(month__in=months))
    found = {line.key: line for line in _summed(asked, rows)} if asked.counts else {}
    for line in _extras(asked, rows) if asked.extras else ():
        found[line.key] = added(found[line.key], line) if line.key in found else line
    for line in _restated(asked, months):
        before = found.get(line.key)
        if before is None:
            before = replace(line, tally=Tally(), frozen=Tally())
        found[line.key] = added(before, line)
    return list(found.values()), months


def _summed(asked: Asked, rows: QuerySet[ScoreMonth]) -> list[Line]:
    """Return the sums of frozen rows: one GROUP BY."""
    names = [*asked.by, *(("month",) if asked.monthly else ()), "illustrative"]
    counts = [f"n_{name}" for name in PLAIN]
    summed = rows.values(*names).order_by().annotate(**{f"n_{name}": Sum(name) for name in PLAIN})
    found = []
    for row in summed.values_list(*names, *counts):
        given = dict(zip(names, row, strict=False))
        tally = Tally(**dict(zip(PLAIN, row[len(names) :], strict=True)))
        found.append(
            Line(
                given.get("clause_key", ""),
                given.get("desk", ""),
                given.get("purpose", ""),
                bool(given["illustrative"]),
                given.get("month", ""),
                tally,
            )
        )
    return found


def _extras(asked: Asked, rows: QuerySet[ScoreMonth]) -> list[Line]:
    """Return what is dearer of frozen rows: what was withheld, and the delays, which no database adds up."""
    dear = rows.exclude(delays={}, withheld=0)
    withheld: Counter[LineKey] = Counter()
    delays: dict[LineKey, Counter[int]] = {}
    for *values, forbidden, minutes in dear.values_list(*KEY, "illustrative", "month", "withheld", "delays"):
        clause_key, desk, purpose = (
            v if name in asked.by else "" for name, v in zip(KEY, values, strict=False)
        )
        key = (clause_key, desk, purpose, bool(values[3]), values[4] if asked.monthly else "")
        withheld[key] += forbidden
        of_key = delays.setdefault(key, Counter())
        for minute, n in minutes.items():
            of_key[int(minute)] += n
    return [Line(*key, Tally(withheld=withheld[key], delays=dict(found))) for key, found in delays.items()]


def _restated(asked: Asked, months: set[str]) -> list[Line]:
    """Return what restatements put upon frozen rows: the difference, and nothing to what was frozen."""
    rows = asked.of(Restatement.objects.filter(month__in=months)).order_by("id")
    first: dict[Any, Restatement] = {}
    last: dict[Any, Restatement] = {}
    for row in rows:
        key = (row.month, row.clause_key, row.desk, row.purpose, row.illustrative)
        first.setdefault(key, row)
        last[key] = row
    found = []
    for key, row in last.items():
        more = difference(tally_of(first[key].before), tally_of(row.after))
        if not asked.extras:
            more = replace(more, withheld=0, delays={})
        if not asked.counts:
            more = Tally(withheld=more.withheld, delays=more.delays)
        found.append(_line(asked, row, more, frozen=Tally()))
    return found


def difference(before: Tally, after: Tally) -> Tally:
    """Return what has to be added to the first tally to get the second; counts may be below zero."""
    minutes = {*before.delays, *after.delays}
    return Tally(
        **{name: getattr(after, name) - getattr(before, name) for name in COUNTS},
        delays={m: after.delays.get(m, 0) - before.delays.get(m, 0) for m in minutes},
    )


def _line(asked: Asked, row: Any, tally: Tally, frozen: Tally | None = None) -> Line:
    named = {name: getattr(row, name) if name in asked.by else "" for name in KEY}
    return Line(
        **named,
        illustrative=row.illustrative,
        month=row.month if asked.monthly else "",
        tally=tally,
        frozen=frozen,
    )


@dataclass(frozen=True)
class Month:
    """A frozen month with the entry that froze it and the first signed head over that entry."""

    row: FrozenMonth
    entry: int | None
    signed: int | None
    restatements: int


def names() -> list[str]:
    """Return the names of the frozen months, oldest first."""
    return list(FrozenMonth.objects.order_by("month").values_list("month", flat=True))


def lines_of(name: str) -> list[Line]:
    """Return every line of one frozen month, as frozen and as restated, by clause, desk and purpose."""
    found, _months = lines(Asked(name, name, extras=True))
    return sorted(found, key=lambda line: line.key)


def months() -> list[FrozenMonth]:
    """Return the frozen months, latest first."""
    return list(FrozenMonth.objects.order_by("-month"))


def whole_months() -> list[Month]:
    """Return the frozen months with their entries and signed heads, latest first: one query for all of them."""
    froze = Entry.objects.filter(
        subject=Concat(Value("scores:"), OuterRef("month")), act="measures.month.frozen"
    ).order_by("index")
    over = Checkpoint.objects.filter(size__gt=OuterRef("entry")).order_by("size")
    found = (
        FrozenMonth.objects.annotate(entry=Subquery(froze.values("index")[:1]))
        .annotate(signed=Subquery(over.values("size")[:1]), changes=Count("restatements"))
        .order_by("-month")
    )
    return [Month(row, row.entry, row.signed, row.changes) for row in found]


def month(name: str) -> Month:
    """Return one frozen month. Raises NotFound."""
    row = FrozenMonth.objects.filter(pk=name).first()
    if row is None:
        raise NotFound(
            "month_not_frozen",
            _("The scores of this month are not frozen."),
            todo=_("They are some days after its end; until then they are computed as of now."),
        )
    entry = ledger.entries_of(f"scores:{name}").filter(act="measures.month.frozen").first()
    over = ledger.first_checkpoint_over(entry.index) if entry else None
    return Month(row, entry.index if entry else None, over.size if over else None, row.restatements.count())

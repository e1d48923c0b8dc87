"""Reads of frozen months: their lines as frozen and as restated, and when and under which entry they were frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.keeping import COUNTS, KEY, Asked, Line, Tally, added, tally_of
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.measures.actions import tally_of_row
from tongxin.heart.measures.models import FrozenMonth, Restatement, ScoreMonth
from tongxin.shared.errors import NotFound


def lines(asked: Asked) -> tuple[list[Line], set[str]]:
    """Return the lines of the frozen months that are asked for, and which months those are.

    The sums are one GROUP BY; restatements, which are few, are put upon them.
    """
    months = set(_between(FrozenMonth.objects.all(), asked).values_list("month", flat=True))
    if not months:
        return [], set()
    rows = asked.of(ScoreMonth.objects.filter(month__in=months))
    found = {line.key: line for line in (_with_delays(asked, rows) if asked.extras else _summed(asked, rows))}
    for line in _restated(asked, months):
        before = found.get(line.key)
        if before is None:
            before = replace(line, tally=Tally(), frozen=Tally())
        found[line.key] = added(before, line)
    return list(found.values()), months


def _between(rows: Any, asked: Asked) -> Any:
    rows = rows.filter(month__gte=asked.since)
    return rows.filter(month__lte=asked.until) if asked.until else rows


def _summed(asked: Asked, rows: Any) -> list[Line]:
    group = {f"by_{name}": F(name) for name in (*asked.by, *(("month",) if asked.monthly else ()))}
    summed = rows.values(**group, made_up=F("illustrative")).order_by()
    return [
        Line(
            **{name: row.get(f"by_{name}", "") for name in KEY},
            illustrative=bool(row["made_up"]),
            month=row.get("by_month", ""),
            tally=Tally(**{name: row[f"n_{name}"] for name in COUNTS}),
        )
        for row in summed.annotate(**{f"n_{name}": Sum(name) for name in COUNTS})
    ]


def _with_delays(asked: Asked, rows: Any) -> list[Line]:
    found: dict[Any, Line] = {}
    for row in rows:
        line = _line(asked, row, tally_of_row(row))
        found[line.key] = added(found[line.key], line) if line.key in found else line
    return list(found.values())


def _restated(asked: Asked, months: set[str]) -> list[Line]:
    """Return what restatements put upon frozen rows: the difference, and nothing to what was frozen."""
    rows = asked.of(Restatement.objects.filter(month__in=months)).order_by("id")
    first: dict[Any, Restatement] = {}
    last: dict[Any, Restatement] = {}
    for row in rows:
        key = (row.month, row.clause_key, row.desk, row.purpose, row.illustrative)
        first.setdefault(key, row)
        last[key] = row
    return [
        _line(asked, row, difference(tally_of(first[key].before), tally_of(row.after)), frozen=Tally())
        for key, row in last.items()
    ]


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


def months() -> list[FrozenMonth]:
    """Return the frozen months, latest first."""
    return list(FrozenMonth.objects.order_by("-month"))


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

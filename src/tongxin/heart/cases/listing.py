"""A list of cases as one goes through it: in pages by number, or on from a line; counted so far as it is worth it.

It is read from `CasePart` alone, in the order of an index that holds what it narrows by: a page costs what stands on
it, and a filter that nearly nothing fits one way through the desk's part of that index, however many cases others have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import CasePart
from tongxin.shared.errors import Invalid

COUNTED = 10_000  # lists are counted so far, and said to have more beyond
TIMES = ("filed_at", "due_at")
_KIND = ("procedure_id", "accepting_desk_id", "competent_desk_id")
Line = tuple[str, Any]  # a number and what the list is ordered by


@dataclass(frozen=True)
class Total:
    """How many lines a list has; `more` where it has more than were counted."""

    n: int
    more: bool


@dataclass(frozen=True)
class Listing:
    """Cases of a desk, narrowed and in order. What is not there, such as a promise before acceptance, comes last."""

    rows: QuerySet[CasePart]
    column: str  # that it is ordered by, and by the number where that is the same
    down: bool = False
    by_number: bool = False  # narrowed by part of a number alone: counted along the narrowest index

    def __iter__(self) -> Iterator[Line]:
        """Go through all of it."""
        return (line for source in self._sources() for line in self._ordered(source))

    def __getitem__(self, wanted: slice) -> list[Line]:
        """Return a stretch of it."""
        start, stop = wanted.start or 0, wanted.stop
        return self.part(start, stop - start) if stop is not None else list(self)[start:]

    def part(self, offset: int, n: int, after: str = "") -> list[Line]:
        """Return up to `n` lines from an offset on, counted behind the line of a mark if there is one.

        Raises Invalid for a mark that is none of this list's.
        """
        found: list[Line] = []
        for source in self._beyond(after):
            rows = self._ordered(source)
            lines = list(rows[offset : offset + n - len(found)])
            offset = 0 if lines or not offset else max(0, offset - source.count())
            found += lines
            if len(found) == n:
                break
        return found

    def total(self, after: str = "") -> Total:
        """Count it, or what comes behind a mark, as far as `COUNTED`."""
        n, most = 0, COUNTED + 1
        if self.by_number and not after:
            n = self.rows.order_by("case_id").values_list("case_id")[:most].count()
            return Total(min(n, COUNTED), n > COUNTED)
        for source in self._beyond(after) if after else [self.rows]:
            n += self._ordered(source)[: most - n].count() if n < most else 0  # in order: then along an index
        return Total(min(n, COUNTED), n > COUNTED)

    def page(self, offset: int, n: int, after: str = "") -> tuple[list[Line], bool, Total]:
        """Return up to `n` lines, whether more come, and how many there are, counted where the lines do not tell."""
        lines = self.part(offset, n + 1, after)
        if len(lines) <= n and (lines or not offset):
            told = offset + len(lines)
            total = Total(min(told, COUNTED), told > COUNTED)
        else:
            total = self.total(after)
        return lines[:n], len(lines) > n, total

    def mark(self, line: Line) -> str:
        """Return the mark of a line: what comes behind it is asked for with that."""
        number, key = line
        said = "-" if key is None else key.isoformat() if isinstance(key, datetime) else key
        return f"{said}~{number}"

    def _ordered(self, rows: QuerySet[CasePart]) -> QuerySet[CasePart, Any]:
        sign = "-" if self.down else ""
        columns = [self.column] if self.column == "case_id" else [self.column, "case_id"]
        return rows.order_by(*(sign + column for column in columns)).values_list("case_id", self.column)

    def _sources(self) -> list[QuerySet[CasePart]]:
        """Return the rows in parts: what has no key is read apart, as databases do not agree where that stands."""
        if self.column != "due_at":
            return [self.rows]
        return [self.rows.filter(due_at__isnull=False), self.rows.filter(due_at__isnull=True)]

    def _beyond(self, after: str) -> list[QuerySet[CasePart]]:
        if not after:
            return self._sources()
        key, number = self._read(after)
        way = "lt" if self.down else "gt"
        behind = Q(**{f"case__number__{way}": number})
        if key is None:
            return [self._sources()[-1].filter(behind)]
        if self.column != "case_id":
            further = Q(**{f"{self.column}__{way}": key}) | behind
            behind = further & Q(**{f"{self.column}__{way}e": key})
        first, *others = self._sources()
        return [first.filter(behind), *others]

    def _read(self, mark: str) -> tuple[Any, str]:
        said, tilde, number = mark.partition("~")
        if tilde and number and said == "-" and self.column == "due_at":
            return None, number[:20]
        try:
            key: Any = datetime.fromisoformat(said) if self.column in TIMES else said
        except ValueError:
            key = None
        naive = isinstance(key, datetime) and key.tzinfo is None
        if not tilde or not number or not key or naive or "\x00" in mark:
            raise Invalid(_("This is no place in this list."), {"after": [_("Begin the list anew.")]})
        return key, number[:20]


def kinds(desk: str) -> list[tuple[str, str, str]]:
    """Return the procedures of a desk's cases with who accepts and who decides them, each kind once, in order.

    The index is entered once for each kind, not gone through: from one the next is looked for.
    """
    p, a, c = _KIND

    def next_one(where: str) -> str:
        columns = ", ".join(_KIND)
        return f"(SELECT id FROM cases_casepart n WHERE n.desk_id = %s{where} ORDER BY {columns} LIMIT 1)"  # noqa: S608

    following = (
        next_one(f" AND n.{p} = k.{p} AND n.{a} = k.{a} AND n.{c} > k.{c}"),
        next_one(f" AND n.{p} = k.{p} AND n.{a} > k.{a}"),
        next_one(f" AND n.{p} > k.{p}"),
    )
    sql = (
        f"WITH RECURSIVE found(id) AS (SELECT {next_one('')} UNION ALL"  # noqa: S608 - our own words
        f" SELECT COALESCE({', '.join(following)}) FROM found JOIN cases_casepart k ON k.id = found.id)"
        f" SELECT {p}, {a}, {c} FROM found JOIN cases_casepart USING (id)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [desk] * (1 + len(following)))
        return [(str(row[0]), str(row[1]), str(row[2])) for row in cursor.fetchall()]

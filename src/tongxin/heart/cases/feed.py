"""The feed of cases for an office's own system: what happened in cases that its desk may see, in the order of commits.

The number of a happening is the index of its entry in the ledger. An entry gets its index as the last thing of its
transaction, under the lock of the log's head, and there is no gap: whoever has read up to a number has read every entry
below it, also of those that began earlier and ended later. The entries of others are skipped numbers, no more is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import queries
from tongxin.heart.cases.models import Case
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region import rules
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid

SCANNED = 5_000  # entries that one call looks through
SUBJECT = "case:"


@dataclass(frozen=True)
class Happening:
    """One entry about a case that the reader may see, and the case as it stands now."""

    entry: Entry
    case: str
    state: str
    holder: str
    epoch: int


@dataclass(frozen=True)
class Part:
    """What one call gives; `next` is what the following call asks for, `size` how many entries the log has."""

    happenings: list[Happening]
    next: int
    size: int

    @property
    def more(self) -> bool:
        """Whether there is something behind it already."""
        return self.next < self.size


def size() -> int:
    """Return how many entries are committed; each below that number is there to be read."""
    head = ledger.head()
    return head.size if head else 0


def mark(reader: Acting, known: int) -> str:
    """Return a mark that stays the same while nothing new can have come for the reader."""
    told = f"{reader.desk} {known} {rules.current().number}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def after(reader: Acting, number: int, limit: int, known: int | None = None) -> Part:
    """Return up to `limit` happenings with a number of at least `number`, oldest first.

    `number` is how many entries were read before: 0 at first, then the `next` of the last answer. `known` is the size
    as it was read before. Raises Invalid where the log is shorter: it was put back from an older copy.
    """
    there = size() if known is None else known
    if number > there:
        raise Invalid(
            _("The log has only %(n)d entries: it was put back from an older copy, or the number is wrong.")
            % {"n": there},
            {"after": [_("Compare with the ledger's signed head, then go on from there.")]},
            code="feed_shorter",
        )
    end = min(there, number + SCANNED)
    rows = Entry.objects.filter(index__gte=number, index__lt=end, subject__startswith=SUBJECT)
    found = list(rows.order_by("index"))
    wanted = sorted({_case(entry) for entry in found})
    seen = {row.number: row for row in queries.in_order(reader, [(name,) for name in wanted])}
    told = [_told(entry, seen[_case(entry)]) for entry in found if _case(entry) in seen]
    if len(told) > limit:
        told = told[:limit]
        end = told[-1].entry.index + 1
    return Part(told, end, there)


def _told(entry: Entry, row: Case) -> Happening:
    return Happening(entry, row.number, row.state, row.holder_id, row.epoch)


def _case(entry: Entry) -> str:
    return entry.subject.removeprefix(SUBJECT).partition("/")[0]

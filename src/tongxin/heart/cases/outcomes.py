"""How cases were decided at first, and how it stands now: after reviews, and after offices put another decision.

Counted by item and deciding desk; sums only, which anyone may read. A review is no case of its own here. Beside each
number stands what reviews said. No standing outcome have those that are to be decided anew, and those that were
withdrawn: because the decision and the withdrawal crossed, or after a review had sent them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from tongxin.heart.cases.models import Case, Decision

LEAST = 5  # under so many no percentage is told
COUNTED = (
    "n", "granted", "refused", "granted_now", "refused_now", "anew", "withdrawn",
    "other", "reviewed", "upheld", "changed", "sent_back",
)  # fmt: skip


REVIEWS = ("upheld", "changed", "sent_back")


@dataclass(frozen=True)
class Outcomes:
    """Decided cases of one item at one desk. `n` = granted + refused, at first; = granted_now + refused_now + anew +
    withdrawn.

    `other`: whose outcome as it stands is another one. `reviewed`: of which a review has ended, and how the last did.
    """

    procedure: str
    desk: str
    illustrative: bool
    n: int
    granted: int
    refused: int
    granted_now: int
    refused_now: int
    anew: int
    withdrawn: int
    other: int
    reviewed: int
    upheld: int
    changed: int
    sent_back: int

    @property
    def share(self) -> float | None:
        """What part stands as it was first decided, of those not withdrawn; None under five."""
        left = self.n - self.withdrawn
        return (left - self.other - self.anew) / left if left >= LEAST else None


def outcomes(
    begins: datetime, ends: datetime | None = None, *, desk: str = "", party: str = ""
) -> list[Outcomes]:
    """Return the outcomes of cases first decided between two instants (the end exclusive), by item and desk."""
    by = ("case__procedure__name", "desk_id", "case__illustrative")
    rows = _first(begins, ends, desk, party).values(*by).annotate(**_numbers()).order_by(*by)
    return [
        Outcomes(*(row[name] for name in by), *(row[name] for name in COUNTED))
        for row in cast("list[dict[str, Any]]", list(rows))
    ]


def total(found: Sequence[Outcomes]) -> Outcomes:
    """Return the sum."""
    sums = [sum(getattr(each, name) for each in found) for name in COUNTED]
    return Outcomes("", "", any(each.illustrative for each in found), *sums)


def _first(begins: datetime, ends: datetime | None, desk: str, party: str) -> QuerySet[Decision]:
    """Return the first decisions of that time, with how the last review that has ended did."""
    rows = Decision.objects.read_as("cases.outcomes").filter(number=1, case__reviews=None, at__gte=begins)
    if ends:
        rows = rows.filter(at__lt=ends)
    if desk:
        rows = rows.filter(desk_id=desk)
    if party:
        rows = rows.filter(desk__jurisdiction_id=party)
    ended = Case.objects.read_as("cases.outcomes").filter(
        reviews_id=OuterRef("case_id"), decided_at__isnull=False
    )
    return rows.annotate(last_review=Subquery(ended.order_by("-decided_at", "-number").values("outcome")[:1]))


def _numbers() -> dict[str, Any]:
    now = {"granted": Q(case__outcome="granted"), "refused": Q(case__outcome="refused")}
    return {
        "n": Count("id"),
        "granted": Count("id", filter=Q(outcome="granted")),
        "refused": Count("id", filter=Q(outcome="refused")),
        "granted_now": Count("id", filter=now["granted"]),
        "refused_now": Count("id", filter=now["refused"]),
        "anew": Count("id", filter=Q(case__outcome="") & ~Q(case__state=Case.State.WITHDRAWN)),
        "withdrawn": Count("id", filter=Q(case__outcome="", case__state=Case.State.WITHDRAWN)),
        "other": Count("id", filter=~Q(case__outcome="") & ~Q(case__outcome=F("outcome"))),
        "reviewed": Count("id", filter=Q(last_review__isnull=False)),
        **{name: Count("id", filter=Q(last_review=name)) for name in REVIEWS},
    }

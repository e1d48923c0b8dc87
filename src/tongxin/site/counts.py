"""What stands beside the menu of the shell: counts for the post that acts, the region's name, the ledger's size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import queries as cases
from tongxin.heart.exchange import queries as exchange
from tongxin.heart.ledger.models import Checkpoint
from tongxin.heart.ledger.remembered import log_of, remembered
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import RegionInfo
from tongxin.shared import clock
from tongxin.site.account.words import shown_name
from tongxin.site.board_maker import ERRAND_FIELDS, errands_of
from tongxin.site.context import ShellCounts
from tongxin.site.home import petals
from tongxin.site.look.marks import PetalState

ERRANDS = 500  # open duties that are put into errands for the count; a desk with more is told its duties


def shell_counts(request: HttpRequest) -> ShellCounts:
    """Return the counts of one page; what is the same until the next act is remembered."""
    acting: Acting | None = getattr(request, "acting", None)
    seats = getattr(request, "seats", [])
    seat = next((s for s in seats if acting and (s.post.id, s.desk.id) == (acting.post, acting.desk)), None)
    now = clock.now()
    public = settings.DEMO  # scores of real places are shown to everybody in the demonstration only
    log = log_of(request)
    with_petals = acting is not None or public
    whose = "house:petals" if with_petals else "house"  # what one may see is not remembered for the other
    house = remembered(request, whose, lambda: _house(now, with_petals=with_petals))
    desk = remembered(request, f"desk:{acting.desk}", lambda: _desk(acting, now)) if acting else _Desk()
    return ShellCounts(
        office_open=desk.open,
        office_overdue=desk.late,
        cases=desk.cases,
        agreements=house.agreements,
        petals=house.petals,
        notifications=exchange.unread_count(acting) if acting else 0,
        ledger_size=log.size if log else None,
        ledger_checked_at=house.checked_at,
        region_name=house.region or "",
        post_name=shown_name(seat) if seat else "",
        posts=len(seats),
    )


@dataclass(frozen=True)
class _House:
    """What all desks see alike."""

    agreements: int
    petals: list[PetalState]
    checked_at: datetime | None
    region: RegionInfo | None


@dataclass(frozen=True)
class _Desk:
    """What one desk has to do: errands that are open and those of them that are late, and cases."""

    open: int = 0
    late: int = 0
    cases: int = 0


def _house(now: datetime, *, with_petals: bool) -> _House:
    checkpoint = Checkpoint.objects.order_by("-size").first()
    return _House(
        len(rulebook.at(now)),
        petals(now) if with_petals else [],
        checkpoint.at if checkpoint else None,
        RegionInfo.objects.first(),
    )


def _desk(acting: Acting, now: datetime) -> _Desk:
    """Return the counts of a desk: what one act serves counts once, as on its board."""
    own = Duty.objects.filter(bound_desk_id=acting.desk, state=Duty.State.OPEN).order_by("due_at", "id")
    rows = list(own.select_related("clause").only(*ERRAND_FIELDS)[: ERRANDS + 1])
    if len(rows) > ERRANDS:
        return _Desk(own.count(), agreements.overdue(acting, now), cases.in_hand(acting))
    found = errands_of(rows)
    late = sum(any(duty.due_at < now for duty in duties) for duties in found)
    return _Desk(len(found), late, cases.in_hand(acting))

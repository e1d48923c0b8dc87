"""What stands beside the menu of the shell: counts for the post that acts, the region's name, the ledger's size."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import queries as cases
from tongxin.heart.exchange import queries as exchange
from tongxin.heart.ledger.models import Checkpoint, Log
from tongxin.heart.region.models import RegionInfo
from tongxin.shared import clock
from tongxin.site.account.words import seat_name
from tongxin.site.context import ShellCounts
from tongxin.site.home import petals


def shell_counts(request: HttpRequest) -> ShellCounts:
    """Return the counts of one page."""
    acting = getattr(request, "acting", None)
    seats = getattr(request, "seats", [])
    log = Log.objects.first()
    checkpoint = Checkpoint.objects.order_by("-size").first()
    seat = next((s for s in seats if acting and (s.post.id, s.desk.id) == (acting.post, acting.desk)), None)
    now = clock.now()
    public = settings.DEMO  # scores of real places are shown to everybody in the demonstration only
    own = (
        Duty.objects.filter(bound_desk_id=acting.desk, state=Duty.State.OPEN)
        if acting
        else Duty.objects.none()
    )
    return ShellCounts(
        office_open=own.count(),
        office_overdue=agreements.overdue(acting, now) if acting else 0,
        cases=cases.in_hand(acting) if acting else 0,
        agreements=len(agreements.versions_in_force(now)),
        petals=petals(now, []) if acting or public else [],
        notifications=exchange.unread_count(acting) if acting else 0,
        ledger_size=log.size if log else None,
        ledger_checked_at=checkpoint.at if checkpoint else None,
        region_name=RegionInfo.objects.first() or "",
        post_name=seat_name(seat) if seat else "",
        posts=len(seats),
    )

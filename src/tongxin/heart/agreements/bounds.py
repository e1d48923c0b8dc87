"""Between which instants a version binds, from stored facts alone: its days, a newer version, an ending, who left.

Call `settle` whenever one of these facts changes. No ticker has to have run: the instants decide, `state` follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.models import Departure, InstrumentVersion
from tongxin.heart.region import queries as region
from tongxin.shared import clock

State = InstrumentVersion.State
REPLACED, EXPIRED, TERMINATED = "replaced", "expired", "terminated"
BEFORE_SIGNED = (State.DRAFT, State.PROPOSED)


def settle(instrument: str) -> None:
    """Write anew until when each signed version of an instrument binds, and why it ends."""
    rows = list(
        InstrumentVersion.objects.filter(instrument=instrument, binds_from__isnull=False)
        .exclude(state__in=BEFORE_SIGNED)
        .order_by("number")
    )
    departures = list(Departure.objects.filter(instrument=instrument, withdrawn_at__isnull=True))
    for row in rows:
        until, reason = _until(row, [newer for newer in rows if newer.number > row.number], departures)
        if (until, reason) != (row.binds_until, row.end_reason):
            row.binds_until, row.end_reason = until, reason
            row.save(update_fields=["binds_until", "end_reason"])


def state_of(version: InstrumentVersion, now: datetime) -> str:
    """Return how a version stands at an instant: a draft, proposed, ratified, in force or ended."""
    if version.state in BEFORE_SIGNED or version.binds_from is None:
        return str(version.state)
    if version.binds_until is not None and version.binds_until <= now:
        return str(State.ENDED)
    return str(State.IN_FORCE if version.binds_from <= now else State.RATIFIED)


def left_of(version: InstrumentVersion, departures: Sequence[Departure]) -> dict[str, datetime]:
    """Return from when each party that gave notice is not bound by a version; a text it signed since binds it again."""
    signed = version.ratified_at
    left: dict[str, datetime] = {}
    for row in departures:
        if row.party in version.parties and (signed is None or row.given_at >= signed):
            left[row.party] = min(row.ends_at, left.get(row.party, row.ends_at))
    return left


def _until(
    version: InstrumentVersion, newer: Sequence[InstrumentVersion], departures: Sequence[Departure]
) -> tuple[datetime | None, str]:
    ends: list[tuple[datetime, str]] = [(row.binds_from, REPLACED) for row in newer if row.binds_from]
    if version.in_force_until:
        ends.append((rulebook.midnight(version.in_force_until), EXPIRED))
    if version.ending and version.ending.get("agreed_at"):
        ends.append((datetime.fromisoformat(version.ending["ends_at"]), TERMINATED))
    alone = _alone_from(version, left_of(version, departures))
    if alone is not None:
        ends.append((alone, TERMINATED))
    return min(ends, key=lambda end: end[0], default=(None, ""))


def _alone_from(version: InstrumentVersion, left: dict[str, datetime]) -> datetime | None:
    """Return from when fewer than two jurisdictions are bound, because the others left; None when enough stay."""
    for at in sorted(set(left.values())):
        on = clock.beijing(at).date()
        before = region.members_of(version.parties, on)
        staying = [party for party in version.parties if party not in left or left[party] > at]
        if len(before) >= 2 and len(region.members_of(staying, on)) < 2:
            return at
    return None

"""Random questions for the slow clock: many of them at the places where clocks go wrong."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from tests.oracles.slow_clock import NOTICES, Case, Side, notice

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CLOCKS = ("calendar", "hours", "days")
CALENDARS_OF = ("debtor", "creditor", "both")


def _hours(text: str) -> tuple[tuple[time, time], ...]:
    spans = (span.split("-") for span in text.split())
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans)


HOURS = [
    _hours(text)
    for text in (
        "09:00-17:00",
        "08:30-17:30",
        "09:00-12:00 13:30-17:00",  # a lunch break
        "08:30-11:45 14:00-18:00",
        "07:00-13:00",  # mornings
        "12:00-20:30",
        "09:00-10:00 11:00-12:00 15:10-16:25",
        "00:00-23:59",
    )
]
# Days on which something changes: the edges of every holiday, the moved working days, the ends of months and years.
BEGIN = date(2024, 1, 1)
_EDGES = (
    {on + n * DAY for year in NOTICES for part in notice(year) for on in part for n in (-1, 0, 1)}
    | {date(year, month, 1) - n * DAY for year in range(2024, 2028) for month in range(2, 13) for n in (0, 1)}
    | {date(year, 1, 1) - n * DAY for year in range(2025, 2029) for n in (0, 1)}
    | {date(2024, 2, 29)}
)
EDGES = sorted(on for on in _EDGES if on >= BEGIN)
MINUTES = [
    0,
    1,
    539,
    540,
    541,
    719,
    720,
    1019,
    1020,
    1021,
    1050,
    1438,
    1439,
]  # about opening, closing, midnight


def cases(count: int, seed: int) -> list[Case]:
    """Return so many cases, every clock with every calendar, always the same for a seed."""
    random = Random(seed)
    kinds = [(clock, calendar_of) for clock in CLOCKS for calendar_of in CALENDARS_OF]
    return [_case(random, *kinds[n % len(kinds)]) for n in range(count)]


def _case(random: Random, clock: str, calendar_of: str) -> Case:
    start = _moment(random)
    within = {
        "calendar": lambda: random.choice([random.randint(1, 2000), random.randint(1, 20 * 1440)]) * MINUTE,
        "hours": lambda: random.choice([random.randint(1, 600), random.randint(1, 60) * 60]) * MINUTE,
        "days": lambda: random.choice([random.randint(1, 7), random.randint(1, 30)]) * DAY,
    }[clock]()
    return Case(
        clock=clock,
        within=within,
        start=start,
        calendar_of=calendar_of,
        debtor=_side(random),
        creditor=_side(random),
        pauses=tuple(_pause(random, start, within) for _n in range(random.choice([0, 0, 1, 1, 2, 3]))),
    )


def _side(random: Random) -> Side:
    return Side(random.choice(HOURS), sundays_only=random.random() < 0.15)


def _moment(random: Random) -> datetime:
    """Return a start: half of them on a day where something changes, a third at a minute where something does."""
    day = random.choice(EDGES) if random.random() < 0.5 else BEGIN + random.randrange(4 * 365) * DAY
    minute = random.choice(MINUTES) if random.random() < 0.33 else random.randrange(1440)
    return datetime.combine(day, time()) + minute * MINUTE


def _pause(random: Random, start: datetime, within: timedelta) -> tuple[datetime, datetime]:
    """Return a pause around the time that counts: before it, across its start, inside, at midnight, of no length, or
    from the very moment at which elapsed time runs out.
    """
    begins = start + random.randint(-3 * 1440, 15 * 1440) * MINUTE
    length = random.choice([0, 1, random.randint(1, 600), random.randint(1, 12 * 1440)]) * MINUTE
    if random.random() < 0.2:
        begins = datetime.combine(begins.date(), time())
        length = random.randint(0, 3) * DAY
    elif random.random() < 0.1:
        begins = start + within
    return begins, begins + length

"""Lengths of time as the clause language writes them: ISO 8601, days and below (`PT1H`, `P5D`, `PT30M`)."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils.translation import gettext as _

_FORM = re.compile(
    r"P(?:(?P<d>\d{1,9})D)?(?:T(?=\d)(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,9})S)?)?",
    re.ASCII,
)
SHOWN = 40  # characters of what was written that a refusal repeats


def parse(text: str) -> timedelta:
    """Return the length; raises ValueError for anything but days, hours, minutes and seconds, or for zero."""
    found = _FORM.fullmatch(text)
    if not found or not any(found.groupdict().values()):
        raise ValueError(_("%r is no length of time; write for example PT30M, PT1H or P5D") % text[:SHOWN])
    parts = {name: int(value or 0) for name, value in found.groupdict().items()}
    try:
        length = timedelta(days=parts["d"], hours=parts["h"], minutes=parts["m"], seconds=parts["s"])
    except OverflowError:
        raise ValueError(_("%r is longer than any time limit") % text[:SHOWN]) from None
    if not length:
        raise ValueError(_("%r is no time at all") % text[:SHOWN])
    return length


def iso(length: timedelta, *, in_days: bool = True) -> str:
    """Return the length in ISO 8601, in days, hours, minutes and whole seconds; working time has no day of 24 hours."""
    seconds = int(length.total_seconds())
    days, rest = divmod(seconds, 86400) if in_days else (0, seconds)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "") if days or clock else "PT0S"

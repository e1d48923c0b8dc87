"""The lock-out: too many wrong tries, from one place or on one name, close the door for a while.

Counted in the database, so every process and server counts together. A try is written down before it is checked
and struck out when it was right, so that many tries at once cannot slip past the count.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.shared import clock
from tongxin.shared.addresses import client_address
from tongxin.shared.errors import Refused
from tongxin.shared.writing import writing
from tongxin.site.models import FailedLogin

SPAN = timedelta(minutes=15)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Door:
    """A thing to be guessed, and how many wrong guesses it takes to be locked."""

    name: str
    per_name_and_place: int
    per_name: int  # from anywhere: high, so that a stranger cannot easily lock an officer out
    per_place: int  # an office behind one address has many people


LOGIN = Door("login", 5, 25, 60)
CODE = Door("code", 5, 25, 60)
TOKEN = Door("token", 60, 60, 120)  # nobody guesses one; a program that is set up wrongly repeats itself


class LockedOut(Refused):
    """Too many tries failed; says until when (429)."""

    status = 429

    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, math.ceil((until - clock.now()).total_seconds()))
        super().__init__(
            "locked_out",
            _("Too many wrong tries. Signing in is locked until %(at)s (%(minutes)s min).")
            % {"at": clock.beijing(until).strftime("%H:%M"), "minutes": math.ceil(self.seconds / 60)},
            kept=_("Nothing was changed; sessions that are open go on."),
            todo=_("Wait until then, or sign in with a passkey."),
        )


@dataclass
class Try:
    """One try that is being checked."""

    row: FailedLogin

    def right(self) -> None:
        """Strike the try out: it was right. Earlier wrong ones on this name from this place go with it."""
        with writing("account.login right"):
            FailedLogin.objects.filter(name_hash=self.row.name_hash, address=self.row.address).delete()


def begin(door: Door, name: str, request: HttpRequest) -> Try:
    """Write a try down, or raise LockedOut; a try during the lock-out does not prolong it."""
    named = f"{door.name} {name.strip().casefold()}"
    name_hash = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    address, at = f"{door.name} {client_address(request)}", clock.now()
    with writing("account.login try"):
        row = FailedLogin.objects.create(name_hash=name_hash, address=address, at=at)
        until = _locked_until(door, row)
        if until is not None:
            row.delete()
        FailedLogin.objects.filter(at__lt=at - KEPT).delete()
    if until is not None:
        raise LockedOut(until)
    return Try(row)


def _locked_until(door: Door, row: FailedLogin) -> datetime | None:
    """Return when the door opens for this try, or None when it is open."""
    others = FailedLogin.objects.filter(at__gt=row.at - SPAN).exclude(pk=row.pk)
    named = others.filter(name_hash=row.name_hash)
    ends = [
        _end(named.filter(address=row.address), door.per_name_and_place),
        _end(named, door.per_name),
        _end(others.filter(address=row.address), door.per_place),
    ]
    return max((e for e in ends if e is not None), default=None)


def _end(rows: QuerySet[FailedLogin], limit: int) -> datetime | None:
    """Return when fewer than `limit` of the rows will lie within the span."""
    nth = rows.order_by("-at", "-id").values_list("at", flat=True)[limit - 1 : limit].first()
    return nth + SPAN if nth is not None else None

"""What strangers try is counted, by name and by address, so that guessing is slow and no address floods a desk.

Counted in the database, so that every process counts together. A try is written down before it is checked and struck
out when it was right. Tries at the very same moment may slip past by a few on PostgreSQL; secrets have 80 bits.
Names are kept as hashes. Secrets are counted by address alone: nobody can lock another out of a case or a draft.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import Guess
from tongxin.shared import clock
from tongxin.shared.addresses import client_address
from tongxin.shared.errors import Refused
from tongxin.shared.writing import writing

SPAN = timedelta(minutes=15)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Door:
    """What is tried, and how often within the span: on one name from one address, on one name, from one address.

    `per_name` None: strangers elsewhere never slow down who comes from here.
    """

    name: str
    per_name_and_place: int
    per_name: int | None
    per_place: int


SLIP = Door("slip", 5, None, 60)  # a secret has 80 bits; this keeps the noise out
DRAFT = Door("draft", 10, None, 10)  # the name is the secret's hash: what counts is the address
APPLY = Door("apply", 60, None, 60)  # forms sent from one address, looked over or for good
UPLOAD = Door("upload", 20, 20, 40)  # pieces of HEAVY bytes that one form, and one address, may leave here
HEAVY = 10 * 2**20
WRITE = Door("write", 20, 20, 60)  # what is written about one case


class TooMany(Refused):
    """Too many tries; says until when (429)."""

    status = 429

    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, math.ceil((until - clock.now()).total_seconds()))
        super().__init__(
            "too_many",
            _("Too many tries from here. It goes on at %(at)s (%(minutes)s min).")
            % {"at": clock.beijing(until).strftime("%H:%M"), "minutes": math.ceil(self.seconds / 60)},
            kept=_("Nothing was changed; what is under way goes on."),
            todo=_("Wait until then, or go to a window of the office."),
        )


@dataclass
class Try:
    """One try that is being checked."""

    row: Guess

    def right(self) -> None:
        """Strike the try out with the earlier ones on this name from this address: it was right."""
        with writing("cases.guess right"):
            Guess.objects.filter(name_hash=self.row.name_hash, address=self.row.address).delete()


def begin(door: Door, name: str, request: HttpRequest) -> Try:
    """Write a try down, or raise TooMany; a try while it is slowed down does not prolong that."""
    named = f"{door.name} {name.strip().casefold()}"
    name_hash = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    address, at = f"{door.name} {client_address(request)}", clock.now()
    with writing("cases.guess"):
        row = Guess.objects.create(name_hash=name_hash, address=address, at=at)
        until = _until(door, row)
        if until is not None:
            row.delete()
        Guess.objects.filter(at__lt=at - KEPT).delete()
    if until is not None:
        raise TooMany(until)
    return Try(row)


def weigh(size: int, seal: str, request: HttpRequest) -> None:
    """Count files of `size` bytes that a stranger sends with a form, before they are kept.

    `seal`: the key of the form's seal. Raises TooMany for too much of it, with one form or from one address.
    """
    for _piece in range(math.ceil(size / HEAVY)):
        begin(UPLOAD, seal, request)


def _until(door: Door, row: Guess) -> datetime | None:
    """Return when the next try is taken, or None when this one is."""
    others = Guess.objects.filter(at__gt=row.at - SPAN).exclude(pk=row.pk)
    named = others.filter(name_hash=row.name_hash)
    ends = [
        _end(named.filter(address=row.address), door.per_name_and_place),
        _end(named, door.per_name) if door.per_name else None,
        _end(others.filter(address=row.address), door.per_place),
    ]
    return max((e for e in ends if e is not None), default=None)


def _end(rows: QuerySet[Guess], limit: int) -> datetime | None:
    """Return when fewer than `limit` of the rows will lie within the span."""
    nth = rows.order_by("-at", "-id").values_list("at", flat=True)[limit - 1 : limit].first()
    return nth + SPAN if nth is not None else None

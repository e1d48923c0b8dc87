"""Tries are counted, by name and by address, in a table of the room whose door it is: guessing is slow, nobody floods.

Counted in the database, so that every process and server counts together. A try is written down before it is checked
and struck out when it was right. Tries at the very same moment may slip past by a few on PostgreSQL. Names are kept as
hashes. A table has the columns `name_hash`, `address` and `at`; who counts opens the write, under a name of its own.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from tongxin.shared import clock
from tongxin.shared.addresses import client_address
from tongxin.shared.errors import Refused, Text

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


class TooMany(Refused):
    """Too many tries (429); `seconds` says how long it lasts. `what` is filled with `at` and `minutes`."""

    status = 429

    def __init__(self, code: str, until: datetime, what: Text, *, kept: Text, todo: Text) -> None:
        self.seconds = max(1, math.ceil((until - clock.now()).total_seconds()))
        told = {"at": clock.beijing(until).strftime("%H:%M"), "minutes": math.ceil(self.seconds / 60)}
        super().__init__(code, what % told, kept=kept, todo=todo)


def count(table: type[Model], door: Door, name: str, request: HttpRequest) -> tuple[Any, datetime | None]:
    """Write a try down and return its row, and until when no more are taken, or None where this one is.

    Inside the caller's write. A try while it is slowed down does not prolong that: it is not kept.
    """
    rows: QuerySet[Any] = table._default_manager.all()
    named = f"{door.name} {name.strip().casefold()}"
    name_hash = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    address, at = f"{door.name} {client_address(request)}", clock.now()
    row = rows.create(name_hash=name_hash, address=address, at=at)
    until = _until(rows, door, row)
    if until is not None:
        row.delete()
    rows.filter(at__lt=at - KEPT).delete()
    return row, until


def strike(row: Any) -> None:
    """Strike a try out with the earlier ones on its name from its address: it was right. Inside the caller's write."""
    rows: QuerySet[Any] = type(row)._default_manager.all()
    rows.filter(name_hash=row.name_hash, address=row.address).delete()


def _until(rows: QuerySet[Any], door: Door, row: Any) -> datetime | None:
    """Return when the next try is taken, or None when this one is."""
    others = rows.filter(at__gt=row.at - SPAN).exclude(pk=row.pk)
    named = others.filter(name_hash=row.name_hash)
    ends = [
        _end(named.filter(address=row.address), door.per_name_and_place),
        _end(named, door.per_name) if door.per_name else None,
        _end(others.filter(address=row.address), door.per_place),
    ]
    return max((e for e in ends if e is not None), default=None)


def _end(rows: QuerySet[Any], limit: int) -> datetime | None:
    """Return when fewer than `limit` of the rows will lie within the span."""
    nth = rows.order_by("-at", "-id").values_list("at", flat=True)[limit - 1 : limit].first()
    return nth + SPAN if nth is not None else None

"""Threads whose contents are erased: a room says which; what comes of them later is erased when it is settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from tongxin.heart.exchange.models import Envelope, Message

Erased = Callable[[Collection[str]], set[str]]  # of these threads, those whose contents are erased

_rooms: list[tuple[frozenset[str], Erased]] = []


def register(fields: Iterable[str], erased: Erased) -> None:
    """Have a room asked about its threads; `fields` of a message's body are what is erased. From an `apps.py`."""
    if (entry := (frozenset(fields), erased)) not in _rooms:
        _rooms.append(entry)


def settled(threads: Mapping[UUID, str]) -> None:
    """Erase what settled envelopes hold, given by id with their threads; inside the transaction that settled them."""
    for fields, erased in _rooms:
        gone = erased(set(threads.values()))
        ids = [number for number, thread in threads.items() if thread in gone]
        if ids:
            Envelope.objects.filter(pk__in=ids).update(text=b"")
            without(Message.objects.filter(pk__in=ids).values_list("pk", "body"), fields)


def without(rows: Iterable[tuple[UUID, dict[str, Any]]], fields: Collection[str]) -> int:
    """Take fields out of the bodies of messages, given as (id, body); return of how many."""
    done = 0
    for number, body in rows:
        kept = {name: value for name, value in body.items() if name not in fields}
        if kept != body:
            done += Message.objects.filter(pk=number).update(body=kept)
    return done

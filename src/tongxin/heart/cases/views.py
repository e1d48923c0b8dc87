"""Saved filters of the desk's lists: the reader's own and those that colleagues share with the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from tongxin.heart.cases import inbox
from tongxin.heart.cases.models import SavedView
from tongxin.heart.region.acting import Acting

SHOWN = 24  # tabs of saved filters on a page, own ones first
LENGTHS = {"tab": 10, "procedure": 80, "state": 14, "side": 10, "q": 40}


def cleaned(given: Mapping[str, Any]) -> dict[str, str]:
    """Return what of given filters is known, cut to its length; the rest is dropped."""
    found = {
        name: str(given.get(name, "") or "").replace("\x00", "").strip()[:most]
        for name, most in LENGTHS.items()
    }
    if found["tab"] not in inbox.TABS:
        found["tab"] = "hands"
    if found["state"] not in inbox.STATES:
        found["state"] = ""
    if found["side"] not in inbox.SIDES:
        found["side"] = ""
    return {name: text for name, text in found.items() if text}


def asked(given: Mapping[str, Any]) -> inbox.Asked:
    """Return what a list is asked for by an address, a form or saved filters."""
    return inbox.Asked(**cleaned(given), after=str(given.get("after", "") or "")[:80])


def saved(reader: Acting) -> list[SavedView]:
    """Return the reader's saved filters at the desk, then those that are shared with it."""
    rows = SavedView.objects.filter(desk_id=reader.desk)
    own = Q(person_id=reader.person_id) if reader.person_id is not None else Q(pk__in=())
    found = list(rows.filter(own | Q(shared=True)).order_by("name", "pk")[: 4 * SHOWN])
    return sorted(found, key=lambda each: each.person_id != reader.person_id)[:SHOWN]

"""Search among incidents: by number, river, pollutant and what notices carried, only as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries, sights
from tongxin.petals.ecology.rivers import rivers
from tongxin.petals.ecology.words import POLLUTANTS
from tongxin.shared.search import Hit

LOOKED_AT = 60  # incidents whose words are compared, newest first

TOLD = 500  # notices that are looked through, newest first


def incidents(reader: Acting | None, words: str, limit: int) -> Iterable[Hit]:
    """Return the incidents that fit the words, newest first; one more than the limit says that there are more.

    What notices carried is compared only where numbers and titles are not enough; only what is shown is looked at.
    """
    sought = words.strip().casefold()
    if reader is None or not sought:
        return []
    fits = Q(number__icontains=sought)
    for code in _codes(sought):
        fits |= Q(title__contains=code)
    found = _first(reader, fits)
    titled = [row.number for row in found if sought not in row.number.casefold()]
    known = agreements.whole_of(reader, titled) if titled else set()  # an unknown title finds nothing
    found = [row for row in found if row.number not in titled or row.number in known]
    if len(found) <= limit and (numbers := _carried(reader, sought)):
        there = {row.number: row for row in (*found, *_first(reader, Q(number__in=numbers)))}
        found = sorted(there.values(), key=lambda row: row.opened_at, reverse=True)
    return _hits(reader, found[: limit + 1])


def _first(reader: Acting, fits: Q) -> list[Matter]:
    """Return the newest incidents that fit, without what a list does not show."""
    return list(queries.incidents(reader).filter(fits).defer("rulebook", "joined")[:LOOKED_AT])


def _carried(reader: Acting, sought: str) -> list[str]:
    """Return the incidents of the last notices to or from the reader's side that carried the words."""
    told = agreements.latest(reader, "notice", TOLD).values_list("thread", "body")
    fits = {
        thread for thread, body in told if sought in " ".join(body.get("carried", {}).values()).casefold()
    }
    return [thread.removeprefix("matter:") for thread in fits]


def _hits(reader: Acting, rows: list[Matter]) -> list[Hit]:
    seen = sights.incidents(reader, {row.number: row for row in rows})
    made_up = agreements.made_up_in(reader, [row.number for row in rows])
    return [
        Hit(row.number, reverse("incident", args=[row.number]), seen[row.number].title, row.number in made_up)
        for row in rows
    ]


def _codes(sought: str) -> list[str]:
    """Return the rivers and pollutants whose names, in either language, hold the words."""
    found = [r.id for r in rivers() if sought in f"{r.names.zh} {r.names.en} {r.id}".casefold()]
    for code, name in POLLUTANTS.items():
        if any(sought in _said(name, language) for language in ("zh-hans", "en")) or sought in code:
            found.append(code)
    return found


def _said(name: object, language: str) -> str:
    with translation.override(language):
        return str(name).casefold()

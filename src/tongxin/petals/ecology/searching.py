"""Search among incidents: by number, river, pollutant and what notices carried, only as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries
from tongxin.petals.ecology.rivers import rivers
from tongxin.petals.ecology.words import POLLUTANTS
from tongxin.shared.search import Hit

LOOKED_AT = 60  # incidents whose words are compared, newest first

TOLD = 500  # notices that are looked through, newest first


def incidents(reader: Acting | None, words: str, limit: int) -> Iterable[Hit]:
    """Return the incidents that fit the words; one more than the limit says that there are more."""
    sought = words.strip().casefold()
    if reader is None or not sought:
        return []
    fits = Q(number__icontains=sought)
    for code in _codes(sought):
        fits |= Q(title__contains=code)
    told = agreements.latest(reader, "notice", TOLD)
    threads = [m.thread for m in told if sought in " ".join(m.body.get("carried", {}).values()).casefold()]
    fits |= Q(number__in=[t.removeprefix("matter:") for t in threads])
    hits = []
    for found in queries.seen(reader, queries.incidents(reader).filter(fits)[:LOOKED_AT]):
        matter = found.matter
        known = {f"matter:{matter.number}"} & set(threads) or sought in matter.number.casefold()
        if known or found.event is not None:  # a title that the reader may not know finds nothing
            made_up = any(d.illustrative for d in found.duties)
            hits.append(Hit(matter.number, reverse("incident", args=[matter.number]), found.title, made_up))
        if len(hits) > limit:
            break
    return hits


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

"""Tells on the command line what several bulletins say of one figure: who, when, which value, in what words, why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from tongxin.petals.evidence.engine.corroborate import Verdict
from tongxin.petals.evidence.engine.facts import Fact, Source
from tongxin.petals.evidence.engine.phrases import gettext_noop
from tongxin.petals.evidence.engine.witness import Told

KINDS = {
    "conflict": gettext_lazy("conflict"),
    "stale": gettext_lazy("stale"),
    "agree": gettext_lazy("agree"),
    "derived": gettext_lazy("derived"),
}
# The reasons that findings give, for the translators; `lines` looks them up
REASONS = (
    gettext_noop("{witnesses} publishers, one value"),
    gettext_noop("{witnesses} sources, one value; of some the publisher is unknown, it may be one"),
    gettext_noop("one publisher in {bulletins} bulletins, no second witness"),
    gettext_noop("{values} for the same time"),
    gettext_noop("{values} for the same time; told far apart, the later may be revised"),
    gettext_noop("{values}: a copy tells another value"),
    gettext_noop("as of {day} it was {value}, published on {published}"),
    gettext_noop("told without a date, but {value} as of {day} already"),
    gettext_noop("a running total, but {value} was published already on {published}"),
    gettext_noop("{parts} = {total}"),
    gettext_noop("{parts} = {total}, but for rounding"),
)
SIZES = ((Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))  # not ui
AMOUNTS = re.compile(r"-?\d+(?:\.\d+)?")


def witness(told: dict[str, Any], reading: dict[str, Any], origin: int) -> Told:
    """Return a fact of a reading, as plain data, with who told it."""
    same = ("doc", "cls", "theme", "indicator", "period", "value", "unit", "qualifier", "status", "quote")
    start, end = told["start"], told["end"]
    fact = Fact(
        **{name: told[name] for name in same},
        jurisdictions=tuple(told["jurisdictions"].split(";")) if told["jurisdictions"] else (),
        comparisons=[],
        start=start,
        end=end,
        number=(start, end),
        raw_start=told["raw_start"],
        raw_end=told["raw_end"],
        doubt=told["doubt"],
        why=told["why"],
    )
    day = reading["published_on"]
    source = Source(
        reading["path"], reading["title"], reading["publisher"], date.fromisoformat(day) if day else None
    )
    return Told(fact, source, origin)


def as_json(verdict: Verdict) -> dict[str, object]:
    """Return a finding as plain data: the table's columns of each fact, with its publisher, day and origin."""
    return {
        "kind": verdict.kind,
        "why": verdict.why,
        "witnesses": verdict.witnesses,
        "facts": [
            {
                **t.fact.row(),
                "path": t.source.doc,
                "publisher": t.source.publisher,
                "title": t.source.title,
                "published_on": t.source.published.isoformat() if t.source.published else None,
                "origin": t.origin,
            }
            for t in verdict.facts
        ],
    }


def amount(value: str, unit: str = "") -> str:
    """Return a value as it is read: 6.4万亿元, 18024.32亿元 in Chinese, 6,400,000,000,000元 in English."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value + unit
    if (get_language() or "").startswith("zh"):
        for size, word in SIZES:
            short = number.scaleb(2) / size
            if abs(number) >= size and short == short.to_integral_value():
                return f"{_plain(number / size)}{word}{unit}"
    return f"{number:,f}{unit}"


def _plain(number: Decimal) -> str:
    shown = f"{number:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def lines(verdict: Verdict, twice: Container[str] = ()) -> Iterator[str]:
    """Give a finding line by line: what it is and why, then each bulletin with its value and words.

    `twice`: names that several files have; these are shown with their path.
    """
    first = verdict.facts[0].fact
    said = {
        name: AMOUNTS.sub(lambda m: amount(m[0]), text)
        if name in ("values", "value", "parts", "total")
        else text
        for name, text in verdict.said.items()
    }
    reason = gettext(verdict.reason).format(**said)
    places = ";".join(first.jurisdictions) or gettext("no place told")
    heading = gettext("{kind}: {name} · {places} · {reason}")
    yield heading.format(kind=KINDS[verdict.kind], name=first.indicator, places=places, reason=reason)
    seen: dict[int, str] = {}
    bulletin: object = None
    for t in verdict.facts:
        fact, source = t.fact, t.source
        day = source.published.isoformat() if source.published else gettext("no date")
        who = source.publisher or gettext("publisher unknown")
        doc = source.doc if fact.doc in twice else fact.doc
        earlier = seen.setdefault(t.origin, doc)
        copy = gettext(" (a copy of {doc})").format(doc=earlier) if earlier != doc else ""
        words = fact.qualifier.replace(";", " ") + " " if fact.qualifier else ""
        planned = gettext("planned") + " " if fact.status == "planned" else ""
        name = f"{fact.indicator} " if fact.indicator != first.indicator else ""
        if t.bulletin != bulletin:
            yield "  " + gettext("{doc}, {who}, {day}").format(doc=doc + copy, who=who, day=day)
            bulletin = t.bulletin
        yield f"    {name}{planned}{words}{amount(fact.value, fact.unit)} [{fact.period}] {fact.quote}"


def progress(count: int, total: int) -> str:
    """Return how many files are read."""
    return gettext("{n} of {all} read").format(n=count, all=total)


def twice(readings: Sequence[dict[str, Any]]) -> set[str]:
    """Return the names that several bulletins have, in folders of their own."""
    return {doc for doc, count in Counter(r["doc"] for r in readings).items() if count > 1}


def summary(
    readings: Sequence[dict[str, Any]], origins: Sequence[int], verdicts: Sequence[Verdict]
) -> Iterator[str]:
    """Give what was set side by side, which bulletins are copies, and what was missing."""
    count = sum(len(r["facts"]) for r in readings)
    counts = gettext(", ").join(
        f"{sum(v.kind == kind for v in verdicts)} {name}" for kind, name in KINDS.items()
    )
    what = ngettext(
        "{n} bulletin, {facts} figures: {counts}", "{n} bulletins, {facts} figures: {counts}", len(readings)
    )
    yield what.format(n=len(readings), facts=count, counts=counts)
    first: dict[int, str] = {}
    for reading, origin in zip(readings, origins, strict=True):
        doc = first.setdefault(origin, reading["path"])
        if doc != reading["path"]:
            yield gettext("{copy} is a copy of {doc} and no witness of its own.").format(
                copy=reading["path"], doc=doc
            )
    if len(set(origins)) == 1:
        yield gettext("One bulletin alone has nothing beside it: give several, or a folder.")
    undated = sum(not r["published_on"] for r in readings)
    if undated:
        yield ngettext(
            "{n} bulletin has no date of publication: what is stale cannot be told of it; index.csv may date it.",
            "{n} bulletins have no date of publication: what is stale cannot be told of them; index.csv may date them.",
            undated,
        ).format(n=undated)

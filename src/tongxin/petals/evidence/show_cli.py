"""Shows on the command line what was repaired in a bulletin, and why each slot of a fact says what it says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

from tongxin.petals.evidence.engine.documents import Document
from tongxin.petals.evidence.reasons_cli import padded, reason

SLOTS = ("value", "unit", "indicator", "jurisdictions", "period", "comparison", "status", "theme")


def repair_as_json(document: Document) -> dict[str, Any]:
    """Return the repaired text, its edits with their place in the raw text, and what stays doubtful."""
    repaired = document.repaired
    edits = [
        {
            "raw_start": a,
            "raw_end": b,
            "from": e.old,
            "to": e.new,
            "rule": e.rule,
            "sure": e.sure,
            "note": e.note,
        }
        for e, a, b in repaired.chain.in_raw()
    ]
    marks = [{"start": m.start, "end": m.end, "kind": m.kind, "rule": m.rule} for m in repaired.marks]
    return {
        "doc": document.doc,
        "sha256": document.sha256,
        "charset": document.decoded.charset,
        "text": repaired.text,
        "edits": edits,
        "marks": marks,
    }


def difference(document: Document) -> str:
    """Return what changed, line by line."""
    before, after = document.raw.splitlines(), document.repaired.text.splitlines()
    path = document.path
    return "\n".join(
        difflib.unified_diff(before, after, path, path + " " + gettext("(repaired)"), lineterm="", n=1)
    )


def edits(document: Document) -> Iterator[str]:
    """Return a line for each edit and for each place that stays doubtful."""
    text = document.repaired.text
    for edit, start, end in document.repaired.chain.in_raw():
        change = f"{_short(edit.old)} -> {_short(edit.new)}"
        yield f"{document.doc}:{start}-{end} {reason(edit.rule)} ({edit.sure:.2f}): {change}"
    for mark in document.repaired.marks:
        told = gettext("{doc}: {kind} at {at}: {words} ({rule})")
        kind, words = reason(mark.kind), repr(text[mark.start : mark.end])
        yield told.format(doc=document.doc, kind=kind, at=mark.start, words=words, rule=reason(mark.rule))


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:18] + "…" + text[-18:])


def doubts(readings: Sequence[dict[str, Any]]) -> list[str]:
    """Return what makes the figures of the bulletins of one file doubtful: spun by a machine, digits lost."""
    told = []
    untrusted = sum(bool(r["untrusted"]) for r in readings)
    if untrusted == len(readings) == 1:
        told.append(gettext("untrusted: spun or written by a machine"))
    elif untrusted:
        told.append(
            ngettext(
                "{n} bulletin untrusted: spun or written by a machine",
                "{n} bulletins untrusted: spun or written by a machine",
                untrusted,
            ).format(n=untrusted)
        )
    lost = sum(len(r["value_lost"]) for r in readings)
    if lost:
        told.append(
            ngettext(
                "digits lost at {n} place (value_lost)", "digits lost at {n} places (value_lost)", lost
            ).format(n=lost)
        )
    return told


def explained(reading: dict[str, Any]) -> Iterator[str]:
    """Return the lines that tell of a reading whose it is and of each fact why its slots say what they say."""
    published = f"{reading['published_on'] or gettext('no date')} ({reason(reading['published_why'])})"
    head = f"{reading['doc']}: {reading['title']} | {reading['publisher']} | {published}"
    yield " | ".join((head, *doubts([reading])))
    for fact in reading["facts"]:
        yield f"  {fact['quote']}"
        for slot in SLOTS:
            shown = (
                f"{fact['comparison_type']} {fact['comparison_value']}"
                if slot == "comparison"
                else fact[slot]
            )
            yield f"    {padded(reason(slot), 14)}{shown}  ← {reason(fact['why'].get(slot, ''))}"

"""The law and the two agreements of the worked example, all terms illustrative, and how they come into the register."""

from __future__ import annotations

from typing import Any

HEAD = """\
agreement: {id}
kind: {kind}
version: {version}
field: ecology
title: {{zh: 示例{id}, en: "Illustrative {id}"}}
parties: [{parties}]
in_force: {{from: {begins}}}
provenance: {{known_from: {{zh: 示例, en: illustrative}}, terms: illustrative}}
clauses:
"""
NOTIFY = """\
  - id: {id}
    kind: notify
    title: {{zh: 通报, en: Notify}}
    text: {{zh: 示例条款, en: Illustrative clause}}
    when: {{event: ecology.water_incident}}
    from: {{role: {by}, of: {by_of}}}
    to: {{role: {role}, of: {of}{hours}}}
    due: {{within: {within}, starts: known, clock: calendar}}
    must_carry: [{carry}]
{more}"""
DOWNSTREAM = {
    "by": "ecology_bureau",
    "by_of": "place",
    "role": "ecology_bureau",
    "of": "downstream_within",
    "hours": ", hours: 72",
    "carry": "location, pollutant, amount, forecast_arrival",
}
RECEIPT = "    receipt: {within: PT30M}\n"
NEEDED = "    needed: {before: arrival_p5, minus: PT2H}\n"
LIKELY = "    likely: {bind: 0.05, release: 0.01}\n"


def law() -> str:
    """Law L: own government and province within two hours."""
    base = {
        "by": "ecology_bureau",
        "by_of": "reporter",
        "hours": "",
        "carry": "location, pollutant",
        "more": "",
    }
    return (
        HEAD.format(id="example-law", kind="law", version=1, parties="jingjinji", begins="2011-05-01")
        + NOTIFY.format(id="own-government", role="government_office", of="reporter", within="PT2H", **base)
        + NOTIFY.format(id="province", role="ecology_bureau", of="province", within="PT2H", **base)
    )


def agreement_a() -> str:
    """Agreement A: within an hour, receipt half an hour, renewed by a shift of an hour, undone; and a sample."""
    sample = NOTIFY.format(
        id="sample",
        by="ecology_bureau",
        by_of="downstream_within",
        role="ecology_bureau",
        of="place",
        hours="",
        within="PT10H20M",
        carry="sample",
        more="",
    )
    return (
        HEAD.format(
            id="example-a", kind="agreement", version=1, parties="he-langfang, tj-baodi", begins="2023-06-01"
        )
        + NOTIFY.format(
            id="notify",
            within="PT1H",
            more=RECEIPT
            + NEEDED
            + "    renew: {arrival_p50_shifts: PT1H}\n    undo: {within: PT1H}\n    if_late: {after: PT30M}\n",
            **DOWNSTREAM,
        )
        + sample
    )


def agreement_b(version: int, within: str, begins: str) -> str:
    """Agreement B: within half an hour, never renewed, undone within an hour, from 5 % on, let go below 1 %."""
    return HEAD.format(
        id="example-b",
        kind="agreement",
        version=version,
        parties="he-langfang, tj-baodi, tj-wuqing",
        begins=begins,
    ) + NOTIFY.format(
        id="notify",
        within=within,
        more=RECEIPT + LIKELY + "    renew: never\n    undo: {within: PT1H}\n    if_late: {after: PT30M}\n",
        **DOWNSTREAM,
    )


def enter(*texts: str, only: bool = True) -> None:
    """Enter the instruments; with `only`, whatever else is in the register binds no more."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.agreements.known import known_words
    from tongxin.heart.agreements.models import InstrumentVersion
    from tongxin.heart.agreements.reader import read_text
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.shared import clock

    if only:
        InstrumentVersion.objects.update(binds_until=clock.now())
    for n, text in enumerate(texts):
        actions.load_instrument(read_text(text, f"example-{n}.yaml", known_words()), by=SYSTEM)


def arrivals(**places: tuple[float, str, str]) -> dict[str, Any]:
    """Return the data of a forecast: place → probability, early and middle arrival (ISO 8601)."""
    names = {"baodi": "tj-baodi", "wuqing": "tj-wuqing"}
    return {
        "arrivals": [
            {"place": names[name], "probability": p, "arrival_p5": early, "arrival_p50": middle}
            if early
            else {"place": names[name], "probability": p}
            for name, (p, early, middle) in places.items()
        ]
    }

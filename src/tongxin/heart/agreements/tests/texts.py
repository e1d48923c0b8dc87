"""Texts of instruments for the stories of these tests; invented, as a person would write them."""

from __future__ import annotations

WATER = """\
agreement: baodi-langfang-water
kind: agreement
version: {number}
field: ecology
title: {{zh: 跨界流域突发水污染联防联控协议, en: Cross-boundary water incidents}}
parties: [{parties}]
in_force: {{from: {begins}}}
provenance:
  known_from: {{zh: 示例, en: illustrative}}
  terms: illustrative
transition: {transition}
leaving: {{notice: P90D}}
clauses:
  - id: notify-downstream
    kind: notify
    title: {{zh: 向下游通报, en: Tell the downstream side}}
    text: {{zh: 上游应当尽快通报下游。, en: The upstream side tells the downstream side.}}
    when: {{event: ecology.water_incident, reach: crosses_boundary}}
    from: {{role: ecology_bureau, of: place}}
    to: {{role: ecology_bureau, of: downstream}}
    due: {{within: {within}, starts: known, clock: calendar}}
    must_carry: [location, pollutant, forecast_arrival]
    receipt: {{within: PT30M}}
{more}"""

GROUP = """\
agreement: three-places
kind: agreement
version: 1
field: planning
title: {zh: 三地协议, en: Agreement of three}
parties: [tongwulang]
in_force: {from: 2026-03-01}
provenance: {known_from: {zh: 示例, en: illustrative}, terms: unpublished}
"""

LAW = """\
agreement: incident-order
kind: law
version: 1
field: ecology
title: {zh: 示例办法, en: Illustrative order}
parties: [jingjinji]
in_force: {from: 2011-05-01}
provenance:
  known_from: {zh: 示例, en: illustrative}
  terms: unpublished
  source: "SOURCE"
"""


def water(
    number: int,
    *,
    begins: str = "2026-03-20",
    within: str = "PT20M",
    transition: str = "keep",
    parties: str = "tj-baodi, he-langfang",
    more: str = "",
) -> str:
    """The water agreement of Baodi and Langfang with another time limit."""
    return WATER.format(
        number=number, begins=begins, within=within, transition=transition, parties=parties, more=more
    )


def group() -> str:
    """An agreement whose one party is a group of three."""
    return GROUP


def law(source: str = "示例公报 2011-05") -> str:
    """A law of the whole region."""
    return LAW.replace("SOURCE", source)

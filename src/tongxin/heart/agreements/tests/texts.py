"""Texts of instruments for the stories of these tests; invented, as a person would write them."""

from __future__ import annotations

WATER = """\
agreement: river-watch
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
{leaving}clauses:
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
    leaving: bool = True,
) -> str:
    """The water agreement of Baodi and Langfang with another time limit."""
    return WATER.format(
        number=number,
        begins=begins,
        within=within,
        transition=transition,
        parties=parties,
        more=more,
        leaving="leaving: {notice: P90D}\n" if leaving else "",
    )


def group() -> str:
    """An agreement whose one party is a group of three."""
    return GROUP


def law(source: str = "示例公报 2011-05") -> str:
    """A law of the whole region."""
    return LAW.replace("SOURCE", source)


MONTHLY = """\
  - id: monthly-account
    kind: settle
    title: {zh: 按月结算, en: Monthly account}
    text: {zh: 每月结算化验费。, en: Test fees are settled each month.}
    what: {zh: 化验费, en: test fees}
    every: P1M
    payee: {role: ecology_bureau, of: tj-baodi}
    payer: {role: ecology_bureau, of: he-langfang}
    state: {within: P5D, clock: days}
    check: {within: P5D, starts: delivered, clock: days}
    pay: {within: P10D, starts: delivered, clock: days}
"""

DATED = """\
  - id: station
    kind: deliver
    title: {{zh: 建站, en: Build the station}}
    text: {{zh: 按期建成监测站。, en: The station is built by the day.}}
    what: {{zh: 监测站, en: monitoring station}}
    from: {{role: ecology_bureau, of: he-langfang}}
    to: {{role: ecology_bureau, of: tj-baodi}}
    due: {{on: {on}}}
"""

STAGED = """\
  - id: open-station
    kind: deliver
    title: {zh: 开通, en: Open the station}
    text: {zh: 建成后三十日内开通。, en: It opens within thirty days of being built.}
    what: {zh: 监测站开通, en: opening of the station}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-baodi}
    due: {milestone: station-built, within: P30D, clock: calendar}
"""

SHARED = """\
  - id: see-samples
    kind: share
    title: {zh: 共享采样, en: Share samples}
    text: {zh: 宝坻向廊坊共享采样数据。, en: Baodi shares its samples with Langfang.}
    fields: [location, pollutant]
    purpose: {zh: 联合溯源, en: joint search for the source}
    from: {role: ecology_bureau, of: tj-baodi}
    to: {role: ecology_bureau, of: he-langfang}
    on_end: delete
"""

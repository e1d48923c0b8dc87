"""Small instruments of the kinds whose performance is judged, and the matters in which their duties stand.

Langfang owes Wuqing figures each month, a delivery by a day and an account; Wuqing recognises what Langfang issued.
All terms are made up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

LANGFANG, WUQING = "he-langfang/ecology_bureau", "tj-wuqing/ecology_bureau"
HEAD = """\
agreement: {id}
kind: agreement
version: 1
field: ecology
title: {{zh: 示例{id}, en: "Illustrative {id}"}}
parties: [he-langfang, tj-wuqing]
in_force: {{from: 2026-01-01}}
provenance: {{known_from: {{zh: 示例, en: illustrative}}, terms: illustrative}}
clauses:
"""
SHARE = """\
  - id: monthly-figures
    kind: share
    title: {zh: 按月共享数据, en: Monthly figures}
    text: {zh: 一方按月提供断面数据，另一方两个工作日内答复。, en: One side supplies the figures of the section each month.}
    purpose: {zh: 联合研判, en: joint assessment}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    fields: [location, amount]
    due: {every: P1M, within: P3D, clock: days}
    answer: {within: P2D, starts: delivered, clock: days}
    on_silence: accept
    grounds:
      station_down: {zh: 自动站停运, en: The station is out of service}
"""
DELIVER = """\
  - id: gate-opened
    kind: deliver
    title: {zh: 闸门改造, en: The gate is rebuilt}
    text: {zh: 一方在2026年6月30日前完成闸门改造。, en: One side rebuilds the gate by 30 June 2026.}
    what: {zh: 闸门改造完成, en: the gate rebuilt}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    due: {on: 2026-06-30}
    answer: {within: P5D, starts: delivered, clock: days}
    on_silence: escalate
"""
SETTLE = """\
  - id: shared-costs
    kind: settle
    title: {zh: 共同费用, en: Shared costs}
    text: {zh: 按月结算共同监测费用。, en: The costs of joint monitoring are settled each month.}
    what: {zh: 共同监测费用, en: the costs of joint monitoring}
    every: P1M
    payee: {role: ecology_bureau, of: he-langfang}
    payer: {role: ecology_bureau, of: tj-wuqing}
    state: {within: P5D, clock: days}
    check: {within: P3D, starts: delivered, clock: days}
    pay: {within: P5D, starts: delivered, clock: days}
"""
RECOGNISE = """\
  - id: results-recognised
    kind: recognise
    title: {zh: 结果互认, en: Results recognised}
    text: {zh: 一方的监测结果，另一方五个工作日内予以互认。, en: What one side measured counts at the other.}
    what: {zh: 监测结果, en: a measured result}
    when: {event: ecology.water_incident}
    from: {role: ecology_bureau, of: tj-wuqing}
    to: {role: ecology_bureau, of: he-langfang}
    due: {within: P5D, starts: known, clock: days}
    refuse_reasons:
      method_differs: {zh: 方法不同, en: The method differs}
"""
WAITS = """\
  - id: after-sample
    kind: notify
    title: {zh: 采样后通报, en: Tell after the sample}
    text: {zh: 有预测结果后方可通报。, en: It is told only after the forecast.}
    when: {event: ecology.water_incident}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    due: {within: PT6H, starts: known, clock: calendar}
    must_carry: [location, pollutant, sample]
    only_after: ecology.spill_forecast
"""
TELL_NOW = """\
  - id: tell-now
    kind: notify
    title: {zh: 立即通报, en: Tell now}
    text: {zh: 半小时内通报下游。, en: The downstream side is told within half an hour.}
    when: {event: ecology.water_incident}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    due: {within: PT30M, starts: known, clock: calendar}
    must_carry: [location, pollutant]
    receipt: {within: PT30M}
"""
INSTRUMENTS = {
    "judged-now": TELL_NOW,
    "judged-figures": SHARE,
    "judged-gate": DELIVER,
    "judged-costs": SETTLE,
    "judged-results": RECOGNISE,
    "judged-sample": WAITS,
}


def text_of(name: str, clauses: str = "", **more: Any) -> str:
    """The file of an instrument of this module, or of these clauses under another name."""
    return HEAD.format(id=name) + (clauses or INSTRUMENTS[name])


def load(*names: str, texts: tuple[str, ...] = (), alone: bool = False) -> None:
    """Enter instruments as the region pack's loader does: signed in the world, in force; `alone`: no others bind."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.agreements.known import known_words
    from tongxin.heart.agreements.models import InstrumentVersion
    from tongxin.heart.agreements.reader import read_text
    from tongxin.heart.region.acting import SYSTEM

    if alone:
        InstrumentVersion.objects.update(binds_until=F("binds_from"))
    for n, text in enumerate([*(text_of(name) for name in names), *texts]):
        read = read_text(text, f"judged-{n}.yaml", known_words())
        actions.load_instrument(read, by=SYSTEM)


def opened(instrument: str, now: datetime | None = None) -> Any:
    """The first open duty under an instrument, once periods and tasks whose time has come were opened."""
    from tongxin.heart.agreements import opening
    from tongxin.heart.agreements.models import Duty

    opening.open_periods(now)
    rows = Duty.objects.filter(clause__version__instrument_id=instrument).order_by("due_at", "id")
    return rows[0]


def raised(by: Any, known_at: datetime, key: str) -> Any:
    """The agenda item of a notice that nobody sent: an incident entered days late, one duty of it rung step by step."""
    from tongxin.heart.agreements import jobs
    from tongxin.heart.agreements.models import AgendaItem, Duty
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions
    from tongxin.shared import clock

    data = {"river": "long-he", "location": "示例断面", "pollutant": "unknown"}
    late = "示例：断网"
    report = Report("ecology.water_incident", "he-langfang-anci", known_at, data, late_reason=late)
    matter = actions.report_incident(report, by=by, key=key)["matter"]
    duty = Duty.objects.filter(matter=matter, owed_desk=WUQING, purpose="do").earliest("id")
    jobs._ring_one(duty, clock.now())
    return AgendaItem.objects.get(duty=duty)


def incident(house: Any, key: str = "incident", *, drill: bool = False) -> dict[str, Any]:
    """An incident that Langfang has entered on a river that leads to Wuqing."""
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions

    data = {"river": "long-he", "location": "示例断面", "pollutant": "ammonia"}
    report = Report("ecology.water_incident", "he-langfang-anci", house.clock.at, data, drill=drill)
    return actions.report_incident(report, by=house.acting("langfang-duty"), key=key)

"""Tells a plan's years (《示例行动计划（2026—2028年）》), which figures are for all of them, which for the last."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.periods import FIRST_YEAR

KINDS = (
    "工作要点|行动计划|行动方案|实施方案|任务清单|工作计划|重点任务|工作安排|工作方案|总体方案|攻坚方案|建设方案|实施意见"
    "|三年计划|五年计划|规划(?:纲要)?"
)
ITSELF = re.compile(rf"(?:{KINDS})(?:的?通知|》|[（(][^（）()]*[）)])*$")
LOOKS_BACK = re.compile("总结|回顾|情况|进展|成效")
NAMED = re.compile(
    rf"(?:{KINDS})(?:[（(][^（）()]{{0,20}}[）)])?[》”]|(?:{KINDS})[^，。；]{{0,12}}(?:解读|出台|印发|发布|获批|公布|答记者问)"
)
READ_OUT = re.compile("解读|读懂|问答|答记者问|释义|解析")
YEARS = re.compile(r"((?:19|20)\d{2})年?\s?(?:[—–\-~～至到]|——|--)\s?((?:19|20)\d{2})年?")
FIVE = re.compile(
    r"(?<![\d—])(?:第(十[一二三四五六])个五年|[“\"‘](十[一二三四五六])五[”\"’])[^，。；》]{0,16}规划"
)
# What a plan that is told of is made of: 《纲要》提出…等200多项具体改革举措
MEASURES = re.compile("(?:具体|重点|改革|重大|主要|政策|工作)*(?:任务|措施|举措|条款)")
MEAN = re.compile("年均|每年|平均每年|年平均")
TITLED = re.compile(rf"《[^《》\n]{{2,60}}?(?:{KINDS})[^《》\n]{{0,20}}》")
# A sentence that tells what a plan says: 《方案》提出, 《行动计划》明确.
SAYS = re.compile(
    rf"^\s*(?:《(?:[^《》]{{0,40}}(?:{KINDS})(?:[（(][^（）()]{{0,20}}[）)])?|方案|计划|规划|意见|措施|纲要)》|(?:方案|行动计划|实施方案|规划纲要))"
    "[^，。；《》]{0,8}?(?:提出|明确|要求|部署|确定|指出|列出|谋划|安排)"
    r"|^\s*(?:会议|大会|全会|政府工作报告|通知)(?:还|同时|强调并)?(?:提出|要求|部署|确定)"
)
# So many tasks are told in it, and are told today: 部署5大类27项任务.
TASKS = re.compile(
    "(?:部署|提出|明确|列出|推出|包括|包含|安排|确定|细化|制定|形成|梳理)(?:了)?[^，。；]{0,12}$"
)
TASK = re.compile("[大个项条方类]?[^，。；、]{0,4}(?:任务|措施|举措|行动|条款|方面|条$|工作)")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's first and last year; `kind`: itself (the text is the plan), read out (it explains it), told of."""

    first: int
    last: int
    kind: str

    @property
    def span(self) -> str:
        """Its years as a period."""
        return f"{self.first}/{self.last}" if self.first < self.last else str(self.last)


def of(title: str, opening: str) -> Plan | None:
    """Return the plan that a text is, explains or tells of, by its title and first lines; None where none is named."""
    itself = is_plan(title)
    if not itself and NAMED.search(title) is None and not (READ_OUT.search(title) and TITLED.search(opening)):
        return None
    kind = "itself" if itself else "read out" if READ_OUT.search(title) else "told of"
    named = next((m[0] for m in TITLED.finditer(opening) if _years(m[0])), "")
    years = _years(title) or _years(named)
    return Plan(*years, kind) if years else None


def is_plan(title: str) -> bool:
    """Whether a title is that of a plan; a report of work done, with what comes next, is none."""
    return ITSELF.search(title) is not None and LOOKS_BACK.search(title) is None


def _years(named: str) -> tuple[int, int] | None:
    told = YEARS.search(named)
    if told and 1 <= int(told[2]) - int(told[1]) <= 30:
        return int(told[1]), int(told[2])
    five = FIVE.search(named)
    if five:
        first = FIRST_YEAR[five[1] or five[2]]
        return first, first + 4
    return None


def period(plan: Plan, clause: str, words: Lexicon) -> str:
    """Return when a planned figure is for: a level to be reached (提高到) by the last year, works over all of them."""
    mean = MEAN.search(clause) is not None
    return str(plan.last) if words.phrases["reached"].search(clause) and not mean else plan.span


def tasks_told(text: str, clause: tuple[int, int], start: int, end: int) -> bool:
    """Whether a figure counts the tasks that a plan tells of: they are told today."""
    told = (
        TASKS.search(text, clause[0], start) is not None and TASK.match(text, end, clause[1] + 1) is not None
    )
    return told or (MEASURES.match(text, end) is not None and SAYS.match(text) is not None)

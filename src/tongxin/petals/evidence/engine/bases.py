"""What a change is told against: the year before, a base year, the turn of the year, what there was before."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.facts import Mention

# 是2019年的1.2倍, 恢复到2019年同期的98.5%, 相当于去年同期的九成: so much of what there was.
TIMES = re.compile(
    r"(?:是|为|相当于|达到?|(?:恢复|回升|回落|恢复性增长)(?:到|至)?)(?:了)?(?P<base>(?:19|20)\d{2}年[底末]?|[一二两三四五六七八九十\d]+年前|去年|上年|前一年|改革前|成立之初|设立之初|开通之初|组建之初|起步之初"
    r"|(?<=[到至于])(?:疫情|灾|震|节|停产|事故)(?:之)?前|(?<=[到至于])(?:正常|平日|平时|常年|历史)(?=水平|年份|同期|的))(?:同期|同日|同月|全年|年份|水平|正常){0,2}的(?:约|近|超过|超|逾)?$"
)
ABOVE = re.compile(
    "(?:超|超过|高于|好于|超出)(?:年度|全年|预期)?(?:计划|目标|预期)(?:目标)?$|(?:高于|低于|高出|快于|领先)(?P<of>[^，。；,;]{0,10})$|(?:(?<!占)比(?![例重率值])|较)(?P<than>[^，。；,;\\d年月季期初末底]{2,12})(?P<by>[高低快慢多少])(?:出|了)?$"
)
YOY = re.compile("同比|上年同期|去年同期|[较比](?:上年|去年)(?![末底])|上一年|比前一年|同期相比")
POP = re.compile("环比|上月|上季度|上周")
BASE = re.compile(r"(?:比|较|相比|与|对比)[^，。；,;]{0,6}?((?:19|20)\d{2})年?(?:同期|末|底)?")
EARLIER = re.compile(
    r"(?:比|较)(?:[^，。；,;\d]{1,10}(?:前|之初)(?=增|减|提|下|多|少|上)|[“\"]?十[一二三四五]五[”\"]?|\d{1,2}月(?:份)?末?|上年末?|上年底|去年末?|去年底|年初|上月末?|此前|之前|前一[年日天月周]|上[年月季周]|上半年|前[一二两三四五六七八九十\d]{1,2}个月|前三季度|一季度|\d{1,2}[-—至]\d{1,2}月(?:份)?|过去|以往|平日|平时|昨[日天]|节前|以前)"
)
AGAINST = re.compile(
    r"\s*(?:比|较(?![快高大低多少好强])|与[^，。；,;]{1,14}相比)(?P<what>[^，。；,;]{0,16}?)(?=增|提|上|下|减|降|扩|回|多|少|高|低|$)"
)
# 较年初的5.3%下降0.2个百分点: what there was, no figure of its own.
OF_BEFORE = re.compile(
    "[比较](?:(?:19|20)\\d{2}年|上年|去年|上?个?月|上季度|年初|同期|[末底]){1,3}的(?:约|近)?$"
)


def part_of(before: str, m: Mention) -> re.Match[str] | None:
    """Return of what base a multiple or a percentage is told; 由2013年的4%变为2022年的6% tells of none."""
    if m.kind == "ratio" or (m.kind == "percent" and "的" in before[-3:] and "%" not in before):
        return TIMES.search(before)
    return None


def base_of(told: re.Match[str]) -> str:
    """Return what a change is told against: the turn of the year, else the previous period."""
    return "年初" if told[0].endswith("年初") else "previous period"

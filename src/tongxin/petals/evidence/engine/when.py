"""Tells the period and the status of a figure from its clause, its sentence and the scopes around."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine import plans
from tongxin.petals.evidence.engine.facts import Mention, Source
from tongxin.petals.evidence.engine.frames import SPAN, Frames
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.periods import ENDS, Period, as_of

SO_FAR = re.compile("已|累计")
LATER = re.compile("[^，。；,;]{0,12}?(?:将(?!近)|计划|有望|力争)")
AIM = re.compile("(?:左右|以上|以内)?的(?:年度|全年|预期|既定)?目标")
MET = re.compile("完成|实现|达成|达到|超过|高于|低于|好于")
DONE = re.compile(
    "(?<![由从])已(?!有的)|累计|了(?!解)|截至|(?<![由从较比])目前|同比|尚有|近年来|^[^，。；,;\\d]{0,6}(?<![除造升汰合善用化活将由从以在把对])现有"
)
SUMMED = re.compile("累计(?!完成|实现)")  # in a plan it sums up what is to be done
OF_TODAY = re.compile("\\W*(?:截至|目前|现有|近年来|去年|[^，。；]{0,10}以来)")
AGAIN = re.compile("再|还|将|继续|力争|新[建增设引]")
NOW_HAS = re.compile(
    "(?:现有|现已|已累计|累计已|目前)|[^，。；,;\\d]{0,6}先后"
)  # 2023年8月投入使用，现有学生380人
REACHES = re.compile("累计(?:达到|达|总数|规模)")  # 力争新增3个，累计达到12个
# What comes 开通后 lies ahead only while the paragraph tells that it is still being built.
AFTER = re.compile("(?:开通|开通运营|投入运营|投运|竣工|完工|贯通|建成通车)后")
OPEN_NOW = re.compile("(?:正式|全线|今天|日)[^，。；]{0,8}(?:开通|通车|投入运[行营]|投运|投产)")
AS_OF_NOW = re.compile("已(?!经?成为)|现有|现已|累计有|共有|尚有|仍有|仍需")
# What a thing is, told behind the day it was opened: …开通，全长149公里.
WHOLE_OF = re.compile(
    "^[^，。；,;]{0,6}?(?:全长|总长|(?:线路|路线|该线|隧道|大桥|道路)长|全线|总工期|(?:概算|估算|批复|计划)总?投资|总面积|占地|总建筑面积|总投资|设计时速|设站|设车站|共设|直接受益|全部投运后|建成后|投产后|投运后|通车后|投用后|达产后)"
)
YEARLY = re.compile("每年|年[产供发均处运输可]")
AFTERWARDS = re.compile("[^，。；,;]{0,6}?(?:投运后|建成后|投产后|通车后|投用后|达产后|开通后|完工后|竣工后)")
MEAN = re.compile("年均|年平均|平均每年")
# 将 that puts the object first tells nothing of plans: 将办理时间缩短至2天.
OBJECT_FIRST = re.compile(
    "(?!由|从|于|在|使|让|把|推动|带动|实现|进一步|有效|继续|大幅|力争|会|为|有|新|再)[^，。；,;将]{1,14}?"
    "(?:(?:时间|时限|时长|周期|成本|距离|比例|范围|标准|数量|规模|浓度|费用|价格|事项|环节|材料|流程|期限|率|额)"
    "(?:[由从][^，。；,;]{1,12}?)?(?:缩短|压缩|压减|精简|提高|提升|降低|下降|降|增加|扩大|延长|控制|减少|下调|上调|统一|整合|纳入)"
    "|规划为|作为|变为|变成|确定为|列为|列入|设为|改造为|改造成|带走|送[到往至]|运[到往至]|转化为|划分为|分为|融入|纳入)"
)
WORKING_TIME = re.compile("工期(?:约|为)?\\d+个?[年月天]")
ITEM = re.compile("(?<![\u4e00-\u9fff])[一二三四五六七八九十]是")
STOCK = re.compile("余额|存量|保有量|人口|在册|现有|已有|末|底")
TOTAL = re.compile("总(?:数|量|装机|里程)|共有|现有|拥有|存量|保有量|在库")
ALL_OF = re.compile(
    "[^，。；,;\\d]{0,3}(?:全部|均|都)(?:已|实现|接入|开通|纳入|可|达标)"
)  # 定点医院86家全部接入平台
TOTAL_NOW = re.compile(TOTAL.pattern + "|达到?$|累计|目前")
SHARE = re.compile("占比|比重|比例|率(?:达到?|为|超过?)?$")
LONG_AGO = re.compile("年前的?|之初的?|最初的?|起初的?|当初的?|原来的?|原先的?|以前的?|过去的?|此前的?")
REACHED = frozenset(["达到", "达", "集聚", "覆盖", "增至", "扩大到", "增加到", "减至"])
BESIDE = re.compile("[共现拥设建]有|总数|存量|保有")
TODAY = re.compile("今[天日](?![（(])")
BALANCE = re.compile("余额|存量|保有量|在册|结存|户数")
NOTHING = "nothing told: as of publication"
STANDS = "a count of what there is"
OPENED = "what was opened, as it stands"
TASKS = "so many tasks are told"
FOR_YEARS = "the years of the plan"
BUILT = frozenset(["length", "area", "power"])
SIZES = BUILT | {"time", "volume"}
STOCKS = BUILT | {"count", "person"}
FLOWS = frozenset(
    ["money", "percent", "points", "ratio", "mass", "count", "person", "energy", "days", "rate"]
)


def period_of(
    text: str, m: Mention, periods: list[Period], frames: Frames, source: Source, words: Lexicon
) -> tuple[str, str, str]:
    """Return period, why, and how it lies to the publication: ahead, over or running."""
    item = _item(text, m.start)
    before = [
        p
        for p in periods
        if p.end <= m.start and (not p.local or p.start >= m.clause[0]) and not item[0] <= p.start < item[1]
    ]
    clause = text[m.clause[0] : m.start]
    inside = [p for p in before if p.start >= m.clause[0]]
    chosen = inside[-1] if inside else before[-1] if before else None
    why = "same clause" if inside else "carried in the sentence"
    if chosen is not None and not inside and _of_opening(text, m, chosen, words):
        if chosen.future and AFTERWARDS.match(clause) and not YEARLY.search(clause):
            return chosen.text, "when it will be built", "ahead"
        return as_of(source.published), OPENED, "running"
    if chosen is None:
        after = [p for p in periods if m.end <= p.start <= m.clause[1] and not p.now]
        chosen, why = (after[0], "same clause") if after else (frames.period, "carried in the paragraph")
        if (
            not after
            and chosen is not None
            and chosen.day
            and (m.kind in ("length", "area", "power", "volume") or WHOLE_OF.match(clause))
        ):
            chosen = None  # how long a line is does not belong to the day of what happened
        if not after and chosen is not None and AS_OF_NOW.search(clause):
            chosen = None
    if why.startswith("carried") and chosen is not None and "每年" in clause:
        chosen = None if chosen.day or of_state(chosen) else chosen  # 去年底签订协议，每年出资2亿元
    if chosen is not None and chosen.flow and not inside and _beside(text, m):
        chosen = None
    parted = bool(before) and "；" in text[before[-1].end : m.clause[0]]
    if chosen is not None and chosen.future and parted and not inside and DONE.search(clause):
        chosen = None  # 甲线计划明年开通；乙线累计完成投资96亿元
    if frames.state is not None and _is_balance(clause, chosen, inside, frames):
        return frames.state.text, "the day told for what there is", _lies(frames.state, source)
    if (
        chosen is not None
        and not inside
        and why.startswith("carried")
        and (
            _is_stock(text, m, chosen, words, source)
            or (not chosen.future and _goes_on(clause, m, frames, words))
        )
    ):
        return as_of(source.published), STANDS, "running"
    state = chosen is not None and chosen.text.startswith("../") and not (chosen.now or chosen.future)
    if state and not inside and frames.flow:
        said = words.phrases["flow"].search(text, m.clause[0], m.start)
        if said and not words.phrases["what there is"].search(clause) and not STOCK.search(clause):
            chosen, why = frames.flow, "the months told before: a state does not last for what flows"
    if m.kind == "percent" and MEAN.search(clause) and (chosen is None or not of_years(chosen)):
        years = [frames.years] if frames.years else []
        years += [p for p in periods if p.start < m.start and of_years(p)]
        chosen, why = (years[-1], "the years of a mean") if years else (chosen, why)
    told = frames.section_period
    lent = chosen is None and (told is not None or frames.lead is not None)
    stands = bool(lent and (words.phrases["what there is"].search(clause) or AS_OF_NOW.search(clause)))
    if chosen is None and told and stands and (told.flow or SPAN.fullmatch(told.text)) and not frames.planned:
        return as_of(source.published), STANDS, "running"
    if chosen is None and frames.section_period and (frames.coming or not frames.planned):
        chosen, why = frames.section_period, "heading"
    if chosen is None and frames.about and not frames.planned:
        if source.published and frames.about == source.published.year and TOTAL_NOW.search(clause):
            return as_of(source.published), STANDS, "running"  # told at the end of the year itself
        return str(frames.about), "the year of the report", "over"
    if frames.lead and chosen is None and _is_stock(text, m, frames.lead, words, source):
        stands = True
    if chosen is None and frames.lead and not frames.planned and m.kind in FLOWS and not stands:
        return frames.lead.text, "the first lines of a report of figures", _lies(frames.lead, source)
    if chosen is None and frames.flow and not frames.planned and any(c.kind == "yoy" for c in m.comparisons):
        chosen, why = frames.flow, "the months told before, of a change year on year"
    if chosen is None:
        return as_of(source.published), NOTHING, "running"
    return chosen.text, why, _lies(chosen, source, near=why in ("same clause", "heading"))


def _item(text: str, at: int) -> tuple[int, int]:
    """Return where the items of a list (一是…；二是…) before that of a figure stand: their times are not its own."""
    marks = [i.start() for i in ITEM.finditer(text, 0, at)] if "是" in text else []
    return (marks[0], marks[-1]) if len(marks) > 1 else (0, 0)


def _goes_on(clause: str, m: Mention, frames: Frames, words: Lexicon) -> bool:
    """Whether a figure goes on with what there is: 现有院校12所，在校生2.6万人."""
    if not frames.stood or words.phrases["newly"].search(clause):
        return False
    return m.kind in STOCKS or SHARE.search(clause) is not None or WHOLE_OF.match(clause) is not None


def _beside(text: str, m: Mention) -> bool:
    """Whether a figure beside what a holiday brought is not of it: 今天…, 全长6公里, 绿化率由53%提升到55%."""
    risen = any(c.value.startswith("from:") for c in m.comparisons)
    return risen or m.kind in SIZES or TODAY.search(text, 0, m.start) is not None


def _is_stock(text: str, m: Mention, told: Period, words: Lexicon, source: Source) -> bool:
    """Whether a figure tells what there is, so that months told for flows before it are not its own."""
    clause = text[m.clause[0] : m.start]
    if told.future or any(c.kind == "yoy" for c in m.comparisons) or _plan_word(clause, words, len(clause)):
        return False
    if any(c.kind == "vs_base" and c.value.startswith("from:") for c in m.comparisons) and LONG_AGO.search(
        clause
    ):
        return True
    if m.kind not in STOCKS:
        return False
    if told.flow:  # of a holiday
        return m.kind in BUILT or (BESIDE.search(clause) is not None and not m.unit.endswith("次"))
    if not SPAN.fullmatch(told.text):
        year = source.published.year if source.published else None
        lasts = told.text.endswith(str(year)) and not told.text.startswith("..")
        return lasts and TOTAL.search(clause) is not None
    if m.kind in BUILT:
        return words.phrases["newly"].search(clause) is None
    if m.unit.endswith("次"):
        return False  # 累计客流量742万人次: what came, not what there is
    if ALL_OF.match(text, m.end):
        return True
    stock = words.phrases["stock"].search(clause)
    return stock is not None and (stock[0] not in REACHED or words.phrases["newly"].search(clause) is None)


def _of_opening(text: str, m: Mention, told: Period, words: Lexicon) -> bool:
    """Whether a time only says when a thing was opened: …2024年12月31日开通，全长149公里."""
    between = text[told.end : m.clause[0]]
    opened = words.phrases["opened"].search(between)
    if opened is None or any(c.isdigit() for c in WORKING_TIME.sub("", between)):
        return False
    clause = text[m.clause[0] : m.start]
    return WHOLE_OF.match(clause) is not None or NOW_HAS.match(clause) is not None


def _is_balance(clause: str, chosen: Period | None, inside: list[Period], frames: Frames) -> bool:
    """Whether a figure is a balance (贷款余额) to which nothing nearer than months gives a time."""
    if inside or frames.planned or BALANCE.search(clause) is None:
        return False
    return chosen is None or SPAN.fullmatch(chosen.text) is not None


def of_state(told: Period) -> bool:
    """Whether a period is a day by which something is counted: 9月末."""
    return told.text.startswith("../") and not (told.now or told.future or told.brief)


def of_years(told: Period) -> bool:
    """Whether a period holds more than one year."""
    first, _mark, last = told.text.partition("/")
    return first[:4].isdigit() and last[:4].isdigit() and first[:4] < last[:4]


def _lies(period: Period, source: Source, near: bool = True) -> str:
    """Return ahead, running, over; past where a time of this year is over that is told farther off."""
    if period.future:
        return "ahead"
    last = re.sub("-(Q[1-4]|H[12])$", lambda m: ENDS[m[1]], period.text.rpartition("/")[2])
    day = source.published.isoformat() if source.published else ""
    if not day or not last[:4].isdigit() or last >= day[: len(last)]:
        return "running"
    return "over" if near or last[:4] < day[:4] else "past"


def status_of(
    text: str, m: Mention, spans: list[tuple[int, int]], when: str, frames: Frames, words: Lexicon
) -> tuple[str, str]:
    """Return planned or actual, and why; `when`: ahead, over or running, as the period lies to the publication."""
    clause = text[m.clause[0] : m.start]
    whole = text[slice(*m.clause)]
    after = text[m.end : m.clause[1]]
    over = when == "over"
    if when == "ahead":
        return "planned", "the period lies after publication"
    told = _plan_word(whole, words, len(clause))
    reckoned = over or frames.review
    if told and reckoned and told[0] in ("预计", "预期"):
        told = None  # what a year that is over is reckoned to have brought
    if told and not SO_FAR.search(clause, told.end()):
        return "planned", told[0]
    if frames.planned and plans.tasks_told(text, m.clause, m.start, m.end):
        return "actual", TASKS
    ahead = AFTER.search(text, 0, m.start) if "后" in text else None
    if ahead and words.phrases["in work"].search(frames.paragraph) and not OPEN_NOW.search(frames.paragraph):
        return "planned", f"{ahead[0]}, and it is still being built"
    later = LATER.match(after)
    if later:
        return "planned", later[0]
    if AIM.match(after) and MET.search(whole) is None:
        return "planned", "an aim"  # 增长6.5%左右的目标仍需努力
    of_today = False
    for span in reversed([s for s in spans if s[1] <= m.clause[0]]):
        said = text[slice(*span)]
        if over or (DONE.search(whole) and not REACHES.match(whole)):
            break
        told = _plan_word(said, words, len(said))
        if told and not (reckoned and told[0] in ("预计", "预期")):
            return "planned", f"carried: {told[0]}"
        if DONE.search(said):
            of_today = OF_TODAY.match(said) is not None and AGAIN.search(clause) is None
            break
    if frames.aimed and not over and "控制在" in clause and not DONE.search(whole):
        return "planned", "what follows is planned"  # 目标增长5%。失业率控制在5%以内
    if (
        frames.planned
        and when not in ("over", "past")
        and not of_today
        and not DONE.search(SUMMED.sub("", whole))
    ):
        return "planned", "what follows is planned"
    return "actual", "nothing says that it is planned"


def planned_for(
    text: str, m: Mention, period: str, why: str, frames: Frames, words: Lexicon
) -> tuple[str, str]:
    """Return when what is planned is for, and why: the time told before, else the years of the plan that tells it."""
    clause = text[m.clause[0] : m.start]
    plan = frames.scheme
    if plan is not None and (
        why == NOTHING or (why == "carried in the paragraph" and period == str(plan.last))
    ):
        named = frames.ahead is None or frames.ahead.text in (str(plan.last), plan.span)
        if named or why != NOTHING:
            return plans.period(plan, clause, words), FOR_YEARS
    if frames.ahead and why == NOTHING:
        return frames.ahead.text, "the plan told before"
    return period, why


def _plan_word(said: str, words: Lexicon, end: int) -> re.Match[str] | None:
    """Return the word before `end` of a clause that tells a plan; 将 that only puts the object first is none."""
    planned = words.phrases["planned"]
    told = planned.search(said, 0, end) if words.may_plan.search(said, 0, end) else None
    while (
        told
        and told[0] == "将"
        and (words.place.match(said, told.end()) or OBJECT_FIRST.match(said, told.end()))
    ):
        told = planned.search(said, told.end(), end)
    return told

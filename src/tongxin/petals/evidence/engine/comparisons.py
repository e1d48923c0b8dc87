"""Tells what a percentage, a multiple or a pair of numbers compares, and to which figure it belongs."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from tongxin.petals.evidence.engine.bases import (
    ABOVE,
    AGAINST,
    BASE,
    EARLIER,
    OF_BEFORE,
    POP,
    YOY,
    base_of,
    part_of,
)
from tongxin.petals.evidence.engine.facts import Comparison, Mention
from tongxin.petals.evidence.engine.numerals import plain

UP = "改善|加快|提速|回升|增长|增加|提升|提高|上升|上涨|扩大|增幅|增速|增|升|涨|高出|多出|高|多"
DOWN = "放缓|压缩|缩小|下降|减少|降低|下跌|回落|下滑|压减|缩减|缩短|降幅|收窄|降|减|跌|低|少"
CHANGE = re.compile(
    rf"(?P<how>{UP}|{DOWN})(?:幅度|幅|速|比例)?(?:(?:预期)?目标)?(?:分别|均)?(?:为|达到|达|了|大约|约|近|超过|超|逾|均超过|均超|约为)*$"
)
EARLY = re.compile("(?:提前|推迟|晚|早|净增|多增|少增)了?$")
MORE = re.compile("^(?:并)?(?:达到|达|为|约为)$")
SHARE = re.compile("占(?!据|地)[^，。；,;]{0,24}$|(?:比重|占比|份额)[^，。；,;]{0,10}$")
PLAN = re.compile(
    "(?:完成|占|^[为达]到?)[^，。；,;]{0,8}(?:计划|目标|任务|序时)[^，。；,;]{0,8}$|(?:完成率|投资完成|完成比例)(?:为|达到|达|约)*$"
)
MEAN = re.compile("年均|平均每年|复合")
FALLS = re.compile("PM2|PM10|AQI|空气质量(?:综合)?指数|浓度|能耗|排放|污染物")  # better is lower
FILLER = re.compile(
    r"[较比](?:(?:19|20)\d{2}年)?[^，。；,;\d]{0,8}(?:假期|同期|期间)|[较比](?:[一二三四]季度|前三季度|前[一二两三四五六七八九十\d]{1,2}个月)|上个?月|上季度|上半年|1[-—至]\d{1,2}月|[两三四五]年平均|[（(]?下同[）)]?|同比|环比|实际|名义|分别|增速|增幅|降幅|规模|总量|总额|数量|金额|均|也|又|再|并|且|其|较|比|与|相比|上年同期|去年同期|上年|去年|同期"
    r"|连续\S{1,4}年|(?:19|20)\d{2}年|末|底|占\S*|加快|放缓|回升|大幅|继续|持续|进一步|保持|实现|更是|已经|已|基本|按(?:照)?(?:同|可比)(?:口径|价格)(?:计算)?|年均|，|、|\s"
)
OPENS = re.compile("(?:由|从|自)[^，。；,;]{0,24}$")  # 由2014年的…
RISES = re.compile(
    rf"^[^。；\d]{{0,12}}?(?:{UP}|{DOWN}|跃|达|发展|拓展|扩|恢复|变)[^。；\d]{{0,8}}?(?:到|至|为|成)[^。；\d]{{0,10}}(?:(?:19|20)\d{{2}}年)?(?:[（(](?:19|20)\d{{2}}年[）)])?(?:的|约|近|超|底|末)*$"
)
TURNED = re.compile(rf"[，,]?(?:逆|扭)?转(?:变|正)?(?:为|成)?(?:{UP}|{DOWN})(?:了)?")
TURN = re.compile(r"(?:由|从|自)[^，。；,;]{0,24}\d%转[变正]?[为成]?")  # says itself of what it was before
RANK = re.compile(
    r"(?:居|列|排名|排在|位次|位列|位居)[^，。；,;]{0,18}第([一二三四五六七八九十\d]{1,3})(?:位|名)?"
)
LISTED = re.compile("^(?:、|和|及|与|，?以及)(?:最快|约|近|超)?$")
SIGNED = re.compile(
    "^(?:、|和|及|与|，?以及)(?P<how>增长|上升|提高|增加|下降|降低|减少|回落)$"
)  # 分别增长4%和下降2%


def roles(text: str, found: list[Mention]) -> None:
    """Set what each mention of a sentence is: main, change, points, share, plan or from."""
    for i, m in enumerate(found):
        before = text[m.clause[0] : m.start]
        previous = found[i - 1] if i else None
        signed = SIGNED.match(text[previous.end : m.start]) if previous else None
        if signed and previous and m.kind == previous.kind == "percent" and previous.role == "change":
            m.role = "change"
            m.clause = previous.clause
            change = CHANGE.search(text[previous.clause[0] : previous.start])
            down = re.fullmatch(DOWN, signed["how"]) is not None
            if change and down != (re.fullmatch(DOWN, change["how"]) is not None):
                m.value = f"-{m.value}"  # against the sign of the first
            continue
        if previous and m.kind == previous.kind and LISTED.match(text[previous.end : m.start]):
            told = previous.kind in ("percent", "points", "ratio") or previous.role == "amount"
            m.role = previous.role if told else "main"
            continue
        if m.kind in ("percent", "points", "ratio"):
            m.role = _role(text, before, m)
            if m.role == "main" and m.kind == "percent" and MORE.match(before):
                last = re.search("占[^，。；,;\\d]*[，,]$", text[: m.clause[0]])
                m.role = "share" if last else "main"
        elif m.kind == "index" or m.role != "main":
            continue
        elif previous and (CHANGE.search(before) or EARLY.search(before)):
            since = BASE.search(before) or YOY.search(before) or EARLIER.search(before)
            begins = max(m.clause[0], previous.end)
            # 存款余额560亿元，比年初增加36亿元, but not 贷款余额比年初增加36亿元
            if since and not _says_what(text[begins : m.clause[0] + since.start()]):
                m.role = "amount"
    for first, then in itertools.pairwise(found):
        between = text[first.end : then.start]
        changed = then.role in ("change", "points") and CHANGE.fullmatch(between)
        if changed and OF_BEFORE.search(text[first.clause[0] : first.start]):
            first.role = "from"  # 较年初的5.3%下降0.2个百分点
            continue
        if "转" in between and first.role == then.role == "change" and TURNED.fullmatch(between):
            start = OPENS.search(text, first.clause[0], first.start)
            if start:  # 由上半年的下降3.1%转为增长0.8%
                first.role = "from"
                continue
        opened = OPENS.search(text[max(0, first.start - 28) : first.start])
        if opened and first.role != "from" and RISES.search(between) and _alike(first, then):
            first.role, then.role = "from", "main"
            base = re.search(r"((?:19|20)\d{2})年", opened[0])
            then.comparisons.append(
                Comparison(
                    "vs_base",
                    f"from:{_in_unit(first, then)}",
                    base[1] if base else "",
                    f"{opened[0]}…{between}",
                )
            )


MINUTES = {"分钟": 1, "小时": 60, "天": 1440}


def _in_unit(first: Mention, then: Mention) -> str:
    """Return the value of a length of time in the unit of another: 由1小时缩短至20分钟 is from 60."""
    if first.unit == then.unit or not {first.unit, then.unit} <= set(MINUTES):
        return first.value
    value = Decimal(first.value) * MINUTES[first.unit] / MINUTES[then.unit]
    return plain(round(value, 4))


def _alike(a: Mention, b: Mention) -> bool:
    if a.kind == b.kind == "time":
        return True
    return a.unit == b.unit or (a.kind == b.kind and a.kind in ("count", "person"))


CUT = re.compile("(?:缩短|压缩|压减)(?:了|近|约|超过?|逾)*$")  # 审批时间缩短三分之一
# 以占全市不到2%的面积贡献了近10%的经济总量: both are figures of their own.
SMALL_PART = re.compile(
    "以[^，。；,;\\d]{0,16}$|(?:贡献|创造|承载|产出|养育|集聚|生产)了?[^，。；,;\\d占]{0,6}$"
)
PART_OF = re.compile(
    "的[^，。；,;\\d]{0,4}(?:面积|土地|国土|人口|耕地|水资源|经济总量|生产总值|GDP|粮食|税收|进出口)"
)


def _role(text: str, before: str, m: Mention) -> str:
    if m.kind == "percent" and PART_OF.match(text, m.end) and SMALL_PART.search(before):
        return "main"
    if m.kind == "percent":
        if PLAN.search(before):
            return "plan"
        if SHARE.search(before):
            return "share"
    if m.kind == "points" and ABOVE.search(before):
        return "points"
    if part_of(before, m):
        return "plan"
    if m.kind == "percent" and CUT.search(before) and "分之" in text[m.start : m.end]:
        return "main"  # how much shorter, not a growth rate
    if CHANGE.search(before):
        return "points" if m.kind == "points" else "change"
    return "main"


def _sign(before: str, text: str) -> int:
    how = CHANGE.search(before)
    if how and how["how"] == "改善":
        return -1 if FALLS.search(text) else 1
    return -1 if how and re.fullmatch(DOWN, how["how"]) else 1


def comparison(text: str, m: Mention) -> Comparison:
    """Return the comparison that a mention makes."""
    before = _turned(text[m.clause[0] : m.start])
    if m.role == "share":
        of = re.search("占(?!比)(.{0,16}?)(?:的|比重|比例|总|近|约|超|$)", before)
        return Comparison("share_of_total", m.value, of[1] if of else "", before)
    times = part_of(before, m)
    if times:
        more = plain(Decimal(m.value) * (100 if m.kind == "ratio" else 1) - 100)
        kind, base = ("yoy" if times["base"] in ("去年", "上年") else "vs_base"), times["base"]
        return Comparison(kind, more, base[:4] if base[:4].isdigit() else base, before)
    if m.role == "plan":
        return Comparison("share_of_plan", m.value, "", before)
    above = ABOVE.search(before) if m.kind == "points" else None
    if above:
        value = f"-{m.value}" if re.search("[低慢少]", above["by"] or above[0][:2]) else m.value
        return Comparison("vs_base", value, above["of"] or above["than"] or "", before)
    value = m.value if _sign(before, text[: m.start]) > 0 or m.value.startswith("-") else f"-{m.value}"
    if m.kind == "ratio":
        signed = Decimal(value) * 100
        value = str(int(signed)) if signed == signed.to_integral_value() else format(signed.normalize(), "f")
    if YOY.search(before):
        return Comparison("yoy", value, "", before)
    base = BASE.search(before)
    if base:
        return Comparison("vs_base", value, base[1], before)
    earlier = POP.search(before) or EARLIER.search(before)
    if earlier:
        return Comparison("vs_base", value, base_of(earlier), before)
    against = AGAINST.match(before)
    if against:
        return Comparison("vs_base", value, against["what"], before)
    said = re.split("[。；;]", text[: m.clause[0]])[-1]
    last = re.split("[，,]", said.rstrip("，,"))[-1]
    earlier = None if YOY.search(last) else POP.search(last) or EARLIER.search(last)
    if earlier:
        return Comparison("vs_base", value, base_of(earlier), f"{last}，{before}")
    earlier = None if YOY.search(said) or MEAN.search(before) else BASE.search(said)
    if earlier and CHANGED_SINCE.match(said, earlier.end()):
        return Comparison("vs_base", value, earlier[1], f"{earlier[0]} …{before}")
    return Comparison("yoy", value, "", before + " (no base told: year on year)")


CHANGED_SINCE = re.compile(f"[^，。；,;]{{0,10}}(?:{UP}|{DOWN})")
OWN_SHARE = re.compile(
    "(?P<of>[^，。；,;占]{2,24}?)(?:所占|占|的?占比|的?比重|在[^，。；,;]{1,12}?占比)[^，。；,;]{0,20}"
)


def _own_share(text: str, m: Mention, found: list[Mention]) -> bool:
    """Whether a share says itself of what: 民营企业投资占比约50%, 光伏产量占全国40%."""
    start = max([m.clause[0], *(f.end for f in found if m.clause[0] <= f.end <= m.start and f is not m)])
    said = OWN_SHARE.fullmatch(text[start : m.start]) if start == m.clause[0] else None
    if said is not None and WHOLES.fullmatch(said["of"]):
        return False  # 全市占比5%: of the figure before
    return said is not None and len(FILLER.sub("", said["of"]).removeprefix("其中").strip("：: ")) >= 2


WHOLES = re.compile("(?:[，,])?(?:在)?(?:全国|全省|全市|全区|全县|全球|区域|总量|总数)(?:的)?")
OWN_PLAN = re.compile("(?P<of>[^，。；,;]{2,16}?)(?:完成率|完成比例)(?:已|均|约|近|超|达|到|为|达到)*")


def _own_plan(text: str, m: Mention) -> bool:
    """Whether a rate of completion is a figure of its own: 整改完成率98.1%, but not 投资完成率101.3%."""
    said = OWN_PLAN.fullmatch(text[m.clause[0] : m.start])
    return said is not None and not said["of"].endswith(("投资", "计划", "任务", "目标", "年度"))


def _turned(before: str) -> str:
    """Return what stands before a number without the change it had before: 由上半年的下降3.1%转为增长0.8%."""
    return TURN.sub("", before) if "%转" in before else before


def _own_subject(text: str, m: Mention) -> bool:
    """Whether the clause of a change says itself what changes: 进口增长2%, 江苏增长12.8%."""
    before = _turned(text[m.clause[0] : m.start])
    how = CHANGE.search(before)
    if ABOVE.search(before) or AGAINST.match(before):
        return False
    return _says_what(before[: how.start()] if how else before)


def _another(text: str, first: Mention, m: Mention) -> bool:
    """Whether a change in the clause of another says what it is of: 进口增长3%、出口增长5%."""
    between = text[first.end : m.start]
    how = CHANGE.search(between)
    listed = first.kind == "percent" and how is not None and between[:1] in ("、", "和", "及", "与")
    return listed and how is not None and _says_what(between[1 : how.start()])


def _says_what(said: str) -> bool:
    """Whether more than 同比, 已基本 or 按可比口径 stands before a change: its subject."""
    return len(FILLER.sub("", said)) >= 2


def attach(text: str, found: list[Mention]) -> list[Mention]:
    """Give each comparison to its figure; return the mentions that are figures of their own."""
    figures: list[Mention] = []
    told: set[int] = set()
    groups = _lists(text, found)
    for m in found:
        if m.role in ("from", "done") or id(m) in told:
            continue
        listed = groups.get(id(m), [])
        if m.role == "main":
            m.turn = next(((i, len(listed)) for i, each in enumerate(listed) if each is m), (0, 1))
            figures.append(m)
            continue
        times = part_of(text[m.clause[0] : m.start], m) if m.role == "plan" else None
        beside = times is not None or m.role in ("change", "points")
        near = [f for f in figures if f.kind not in ("percent", "points") or beside]
        every = figures if m.role == "share" and listed else near
        near = [f for f in near if "；" not in text[f.end : m.start] and ";" not in text[f.end : m.start]]
        if m.role == "amount":
            continue
        if listed and _told_in_turn(text, m, listed, every):
            continue
        if listed and listed[0].role != "done" and (_own_subject(text, listed[0]) or not near):
            for i, each in enumerate(listed):
                each.turn = (i, len(listed))
                each.clause = listed[0].clause
                figures.append(_as_figure(text, each, listed[0]))
                told.add(id(each))
            continue
        same = near and near[-1].clause == m.clause and not MEAN.search(text[m.clause[0] : m.start])
        same = same and not (m.role in ("change", "points") and _another(text, near[-1], m))
        if (
            near
            and not (
                (m.role == "share" and _own_share(text, m, found))
                or (m.role == "plan" and _own_plan(text, m))
                or (times and _says_what(text[m.clause[0] : m.clause[0] + times.start()]))
            )
            and (m.role in ("share", "plan") or same or not _own_subject(text, m))
        ):
            made = comparison(text, m)
            if made.kind == "yoy" and any(c.value.startswith("from:") for c in near[-1].comparisons):
                said = text[m.clause[0] : m.start]
                if not YOY.search(said) and not MEAN.search(said):  # 由8亿元增至77亿元，增长8倍
                    made.kind = "vs_base"
            near[-1].comparisons.append(made)
            m.role = "done"
            continue
        figures.append(_as_figure(text, m, m))
    if "番" in text or "一倍" in text:
        _doubled(text, figures)
    _ranks(text, figures)
    return figures


def _told_in_turn(text: str, m: Mention, listed: list[Mention], figures: list[Mention]) -> bool:
    """Give each number of a list with 分别, or behind a list of as many figures, to its figure in turn.

    Return whether there were enough figures.
    """
    first, count = listed[0], len(listed)
    if len(figures) < count:
        return False
    as_many = [f.turn for f in figures[-count:]] == [(i, count) for i in range(count)]
    if "分别" not in text[first.clause[0] : first.start] and not as_many:
        return False
    if m.role == "change" and _own_subject(text, first):
        return False
    made = comparison(text, first)
    sign = "-" if made.value.startswith("-") else ""
    for target, each in zip(figures[-len(listed) :], listed, strict=True):
        value = f"{sign}{each.value}".removeprefix("--")
        target.comparisons.append(Comparison(made.kind, value, made.base, made.why))
        each.clause = first.clause
        each.role = "done"
    return True


def _as_figure(text: str, m: Mention, model: Mention) -> Mention:
    """Where only a change or a share is told, it is the value."""
    before = text[model.clause[0] : model.start]
    if model.role == "plan":
        if part_of(before, m):
            m.comparisons.append(comparison(text, m))
        return m
    told = model.value
    model.value = told.lstrip("-")
    made = comparison(text, model)
    model.value = told
    value = m.value
    if made.value.startswith("-") and not value.startswith("-"):
        value = f"-{value}"
    m.value = value
    if m.kind == "ratio":
        model_value, told = model.value, m.value
        model.value = told
        value = comparison(text, model).value
        model.value = model_value
        m.value = told
    m.comparisons.append(Comparison(made.kind, value, made.base, made.why))
    return m


def _lists(text: str, found: list[Mention]) -> dict[int, list[Mention]]:
    """Return of each mention the list (12%、15%和20%) in which it stands."""
    lists: list[list[Mention]] = []
    for m in found:
        between = text[lists[-1][-1].end : m.start] if lists else ""
        if lists and lists[-1][-1].kind == m.kind and (LISTED.match(between) or SIGNED.match(between)):
            lists[-1].append(m)
        else:
            lists.append([m])
    return {id(m): group for group in lists if len(group) > 1 for m in group}


DOUBLED = re.compile(
    r"(?:比|较|是|为|相比)[^，。；,;]{2,14}?(?:翻了?(?P<n>[一两二三四])?番|增长了?(?P<once>一倍))"
)


def _doubled(text: str, figures: list[Mention]) -> None:
    """Give 比2014年翻一番 to the figure before it."""
    for match in DOUBLED.finditer(text):
        before = [f for f in figures if f.end <= match.start() and "；" not in text[f.end : match.start()]]
        if (
            before
            and before[-1].kind not in ("percent", "points")
            and len(text[before[-1].end : match.start()]) < 6
        ):
            times = {"两": 2, "二": 2, "三": 3, "四": 4}.get(match["n"] or "", 1)
            base = BASE.search(match[0])
            kind = "yoy" if YOY.search(match[0]) else "vs_base"
            made = Comparison(kind, str(100 * (2**times - 1)), base[1] if base else "", match[0])
            before[-1].comparisons.append(made)


def _ranks(text: str, figures: list[Mention]) -> None:
    for match in RANK.finditer(text):
        before = [f for f in figures if f.end <= match.start()]
        if before:
            number = match[1] if match[1].isdigit() else str("一二三四五六七八九十".find(match[1][0]) + 1)
            before[-1].comparisons.append(Comparison("rank", number, "", match[0]))

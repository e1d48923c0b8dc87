"""Finds the numbers of a sentence that measure something, with unit and qualifiers; passes over names with digits."""

from __future__ import annotations

import re
from decimal import Decimal

from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import BEFORE, Lexicon
from tongxin.petals.evidence.engine.numerals import chinese, plain, value_of

BORDER = re.compile(r"[，；;：:。！？!?…]|,(?!\d{3}(?!\d))")
LEFT = re.compile(rf"(?:{BEFORE}|每天|每日|日均|年均|平均|[了为有到在至共])+$")
IN_TURN = re.compile("分别|依次")
MASKED = 40  # characters that a name with digits has at most
REACH = 24  # characters before a number in which its qualifiers stand
RIGHT = re.compile(r"(?:左右|上下|以上|以下|以内|之内|之多|大关)")
WHOLE = re.compile("日均|每天|每日|平均|累计|每年|每周|每月|年均|均(?=突破|超|达|为)|均值")
KIND_OF_PEOPLE = re.compile(
    "(?:贫困|流动|户籍|脱贫|农业|城镇|受益|参保|农村|返乡|在校|大中专|离校|新|老年|残疾|受灾|燕赵|三湘|齐鲁|中原|巴蜀|八闽|江淮)?"
)
VISITS = re.compile("人次(?:数)?(?:为|达到|达|是|超过|突破|超)*$")
CROWD = re.compile(
    "(?:人口|务工|就业|人数|群众|游客|用户|学生|毕业生|职工|旅客|从业人员|患者)[^，。；,;]{0,6}$"
)
ENDS = re.compile("(?:左右|上下|以上|以下|以内|大关)*(?:[，。；,;、]|$)")
STEPS = re.compile("[百千万亿]*(?:元)?(?:的)?(?:量级|台阶|大台阶)")
SHARED = re.compile("、|和|与|及|，")
MINUTES = re.compile(r"(\d{1,2})分钟?")
# 占三分之一, 缩短三分之一, 其中三分之一
BY_PART = re.compile(
    "占|比重|贡献|(?:增长|增加|提高|提升|下降|降低|减少|缩短|压缩|压减|节省|节约)(?:了|近|约|超过?|逾)*$|其中(?:有|近|约|超过?|逾)*$"
)
OF_ALL_OF = re.compile("(?:以上)?(?:的[^，。；的]{2}|来自|分布在|集中在|落户)")
HOUSEHOLDS = re.compile("(?:种植|养殖|农|住|商|贫困|渔|牧|脱贫|个体工商)户")
PASSED = re.compile("(?:迈上|跨上|站上|跃上|迈入|迈过|突破|登上)(?:了)?$")  # 迈上万亿台阶
RANKED = re.compile("(?:居|列|排名|排在|位列|位居|在)(?:全国|全省|全市|全球|[^，。；,;\\d]{2,6})$")
OF_RANKED = re.compile(
    "[^，。；,;]{2,12}(?:中排名|中位列|中居|中位居|第[一二三四五六七八九十\\d]{1,3}(?:位|名)?(?:[，。；,;]|$))"
)
RANGED = ("到", "至", "—", "–", "-", "~", "～", "——")
ENERGY = re.compile("电|千瓦")
GREAT = re.compile("大(?=[\u4e00-\u9fff]{2})(?![类洲陆家地])")
SPEED = re.compile("时速[^，。；,;]{0,6}$|速度(?:为|达|达到)?每小时$")
OFFICES = re.compile("个?(?:部门|部委|单位|部)(?=近日|日前|今天|昨天|联合|共同|印发|发布|部署|出台|[，。])")
# What may stand between the name of an index (phrases, index) and its number: 指数（PMI）为50.2, AQI 58.
LEADS_TO = re.compile(
    "(?:[（(][A-Za-z]{2,5}[)）])?(?:均值|平均值|值)?"
    "(?P<told>(?:分别|均|约|已)?(?:为|是|[由从](?:(?:上年|去年|上年同期|去年同期|(?:19|20)\\d{2}年)的)?|达到?|[升降]至"
    "|(?:回升|回落|提高|提升|下降|上升|缩小|收窄)[到至]))?[ \\u3000]?$"
)
NO_INDEX = re.compile("[版号条款章节期年月日代届级型式中的强A-Za-z\\d]|[-—–~～.]\\d")  # 指数2.0版, 指数2023年
YEAR = re.compile("(?:19|20)\\d{2}")
# The numbers of the same index before: 得分由92.1分提高到95.3分, 指数分别为102.3和104.6.
OTHERS = re.compile(
    "(?:[由从]?(?:(?:19|20)\\d{2}年的)?\\d+(?:\\.\\d+)?[分点]?(?:、|和|与|及"
    "|(?:提高|提升|上升|增长|跃升|回升|下降|降低|回落|改善|缩小|收窄)?[到至为](?:(?:19|20)\\d{2}年的)?))+$"
)
NO_COUNT = re.compile("^(?:月|多月|世纪|小时圈|半月|季度|五年)")
# Characters after which a unit is part of another word: 部门, 对口, 期间, 单位.
LONGER = {
    "种": "植业子粮",
    "部": "门队分署", "对": "口接全于我标外", "期": "间", "单": "位", "人": "均大民工", "场": "地馆景",
    "支": "持撑付", "口": "岸", "次": "产", "起": "来步", "道": "路", "层": "级面",
    "片": "区", "组": "织", "门": "户槛", "方": "案向式位", "家": "庭", "名": "列",
    "位": "居于列", "台": "阶", "类": "似", "只": "有是", "本": "市区省科", "条": "件",
    "列": "入为", "升": "级", "根": "据", "份": "额", "米": "进", "公里": "进",
}  # fmt: skip
PART_OF = re.compile(
    "占(?:到|了|据)?[^，。；,;]{0,16}?(?:的)?(?:近|约|超|超过|将近|接近)?$|(?:比重|占比)(?:近|约|超|超过|过|达|达到|为)*$"
)
MORE_TOLD = re.compile("(?:以上|左右)?[，,](?:达到|达|为|约)\\d")  # 占一半以上，达到51.6%
AIMS = re.compile("围绕|聚焦|面向|针对|立足|瞄准")
GOOD_DAYS = re.compile("(?:优良|达标)(?:的)?天数[^。]{0,60}$")
MANY = frozenset(["根", "块", "片", "孔"])  # counted where there are ten or more
SKIPPED = frozenset(["天", "秒", "期", "层", "道", "块", "片", "根", "孔"])


def _covered(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in spans)


def _number(match: re.Match[str]) -> tuple[str, str]:
    """Return the plain value without its unit, and the approximate part (多, 余) if there is one."""
    if match["h"]:
        return "50", ""
    if match["t"]:
        half = "5" if match["thalf"] == "半" else str(chinese(match["thalf"])) if match["thalf"] else "0"
        whole = int(match["t"]) if match["t"].isdigit() else chinese(match["t"])
        return plain(Decimal(whole) * 10 + Decimal(half)), ""
    if match["den"] or match["fden"]:
        den = match["den"] or match["fden"]
        nom = match["nom"] or match["fnom"]
        below = int(den) if den.isdigit() else chinese(den)
        above = int(nom) if nom.isdigit() else chinese(nom)
        return plain(round(Decimal(100 * above) / Decimal(max(1, below)), 2)), ""
    if match["g"]:
        return str(chinese(match["g"])), ""
    if match["c"]:
        return plain(Decimal(chinese(match["c"] + (match["csize"] or "")))), match["csome"] or ""
    sizes = (match["dsize"] or "") + (match["dsize2"] or "")
    if match["e"] and not match["dsize"]:
        sizes = match["esize"] or ""
    if match["more"]:
        more = Decimal(value_of(match["more"], match["moresize"]))
        return plain(Decimal(value_of(match["d"], sizes)) + more), match["some"] or ""
    return value_of(match["d"], sizes), match["some"] or match["some2"] or ""


def _unit(
    match: re.Match[str], text: str, words: Lexicon, clause: tuple[int, int]
) -> tuple[str, str, str, int] | None:
    """Return unit, how many of the base, kind and where the mention ends; None where it measures nothing."""
    before, after = text[clause[0] : match.start()], text[match.end() : match.end() + 12]
    if match["den"] or match["fden"]:
        return (
            ("%", "1", "percent", match.end()) if BY_PART.search(before) or OF_ALL_OF.match(after) else None
        )
    if match["h"]:
        part = PART_OF.search(before) and not MORE_TOLD.match(text, match.end())
        return ("%", "1", "percent", match.end()) if part else None
    if match["g"] and text[match.start() - 1] not in "等绕焦盖及造施进建成局":
        named = text[clause[0] : match.start()]
        if ("、" not in named and not named.endswith("”")) or AIMS.search(named):
            return None  # 形成甲、乙和丙三大产业, but not 三大产业 alone
    if match["t"]:
        return "%", "1", "percent", match.end()
    if match["g"]:
        last = match[0][-1]
        return ("个" if last == "大" else words.units[last].base), "1", "count", match.end()
    step = match["unit"] == "台" and after[:1] == "阶"
    if step and match["c"] and PASSED.search(before) and words.phrases["money"].search(before):
        return "元", "1", "money", match.end() - 1  # 投入迈上万亿台阶
    if step or (STEPS.match(after) and not _passed(match, before, words)):
        return None
    if match["d"] and RANKED.search(before) and OF_RANKED.match(after):
        return None  # 居全国168个重点城市第5位
    if before.endswith("等") and OFFICES.match(text, match.end("d") if match["d"] else match.end()):
        return None  # 示例部等12部门联合印发
    form = match["unit"]
    if form is None:
        return _without(match, before, after, words)
    unit = words.units[form]
    end = match.end()
    if unit.kind == "length" and form in ("公里", "千米") and SPEED.search(before):
        return "公里/小时", "1", "rate", end
    if form == "立方米" and before.endswith("每秒"):
        return "立方米/秒", "1", "rate", end
    if form == "微克" and "每立方米" in before:
        return "微克/立方米", "1", "rate", end
    if form == "个" and (half := re.match("半小时", after)):
        return "小时", "1", "time", end + half.end()
    if form == "个":
        inner = re.match("多?(班次|航班|标准箱|工作日|小时)", after)
        if NO_COUNT.match(after):
            return None
        if inner:
            unit, end = words.units[inner[1]], end + inner.end()
    if after[:1] in LONGER.get(form, "") and after[:1]:
        if HOUSEHOLDS.match(form + after):
            return "户", "1", "count", match.end() - len(form)
        return ("个", "1", "count", match.start() + len(match[0]) - len(form)) if form in "部场" else None
    if form == "天" and re.search("(?:优良|达标|污染|良好)[^，。；,;]{0,40}$", before):
        return unit.base, unit.times, "days", end
    if not before.strip("达到为了约近超仅只有"):  # 存储时长创新纪录，达到了4035秒
        before = text[max(0, clause[0] - 16) : match.start()]
    if form == "天" and len(before) < 7 and GOOD_DAYS.search(text, 0, clause[0]):
        return unit.base, unit.times, "days", end  # 优良天数甲市290天；乙市255天
    if (
        form in SKIPPED
        and not words.phrases["length of time"].search(before[-16:] + after)
        and not (form in MANY and len(match["d"] or "") > 1)
    ):
        return None
    if unit.kind == "time" and not words.phrases["length of time"].search(before[-16:] + after):
        return None
    if unit.kind == "length" and re.search("距(?:离)?[^，。；,;]{0,12}$", before):
        return None
    if form == "P" and "算力" not in before + after:
        return None
    return unit.base, unit.times, unit.kind, end


def _passed(match: re.Match[str], before: str, words: Lexicon) -> bool:
    """Whether a sum of money was passed or is to be: 总收入迈上2000亿元台阶, but not 亿元量级."""
    return bool(match["d"] and PASSED.search(before) and words.phrases["money"].search(before))


def _people(after: str, words: Lexicon) -> bool:
    """Whether people are named behind a number: 7400多万燕赵儿女, 232万贫困人口."""
    kind = KIND_OF_PEOPLE.match(after)
    return words.phrases["people"].match(after, kind.end() if kind else 0) is not None


def _without(
    match: re.Match[str], before: str, after: str, words: Lexicon
) -> tuple[str, str, str, int] | None:
    if match["d"] and not match["dsize"] and (index := _index(match, before, after, words)):
        return index
    if match["d"] and len(match["d"]) < 3 and GREAT.match(after):
        return "个", "1", "count", match.end()
    if not (match["dsize"] or match["dsize2"] or match["esize"] or (match["c"] and len(match["c"]) > 1)):
        return None
    if after.startswith("度") and match["dsize"] and ENERGY.search(before + after):
        return "千瓦时", "1", "energy", match.end() + 1
    if VISITS.search(before):
        return "人次", "1", "count", match.end()
    if _people(after, words) or CROWD.search(before):
        return "人", "1", "person", match.end()
    if after[:1] in "级" and after:
        return None
    if ENDS.match(after) and words.any_indicator.search(before):
        for known in reversed(words.indicators):  # one's own come last and win
            if known.unit in words.units and known.finds.search(before):
                return words.units[known.unit].base, "1", words.units[known.unit].kind, match.end()
    if words.phrases["money"].search(before):
        return "元", "1", "money", match.end()
    return None


def _index(match: re.Match[str], before: str, after: str, words: Lexicon) -> tuple[str, str, str, int] | None:
    """Return the unit of the number of an index, 点, 分 or none: 居民消费价格指数为100.3, AQI 58, 得分89.6分."""
    others = OTHERS.search(before)
    before = before[: others.start()] if others else before
    end = len(before)
    link = LEADS_TO.search(before, max(0, end - 16))
    at = link.start() if link else end
    if not any(m.end() == at for m in words.phrases["index"].finditer(before, max(0, at - 12))):
        return None
    if NO_INDEX.match(after) or (YEAR.fullmatch(match["d"]) and not (link and link["told"])):
        return None
    unit = after[0] if after[:1] in ("点", "分") and not after.startswith(("分之", "分别")) else ""
    return unit, "1", "index", match.end() + len(unit)


def _qualifiers(text: str, start: int, end: int, some: str, clause: tuple[int, int]) -> list[str]:
    """Return the words that say how exact a number is, and over what it was counted."""
    found = [w.group() for w in WHOLE.finditer(text, clause[0], start)]
    left = LEFT.search(text, max(clause[0], start - REACH), start)
    if left:
        found += [w for w in re.findall(BEFORE, left[0]) if w not in ("累计", "平均", "已")]
    if some:
        found.append(some)
    right = RIGHT.match(text, end)
    if right:
        found.append(right[0])
    return list(dict.fromkeys(found))


def clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of a sentence stand."""
    spans: list[tuple[int, int]] = []
    at = 0
    for border in BORDER.finditer(text):
        spans.append((at, border.start()))
        at = border.end()
    spans.append((at, len(text)))
    return spans


def clause_of(spans: list[tuple[int, int]], place: int) -> tuple[int, int]:
    """Return the clause in which a place of the sentence lies; the border behind a clause counts to it."""
    for span in spans:
        if place <= span[1]:
            return span
    return spans[-1]


def _digits_end(match: re.Match[str]) -> int:
    """Return where the digits of a number end, its unit not counted."""
    end = match.end("d")
    if end < 0:
        end = match.end("c")
    return max(end if end >= 0 else match.end(), match.start() + 1)


def find(
    text: str,
    words: Lexicon,
    spans: list[tuple[int, int]],
    lost: list[tuple[int, int]],
    times: list[tuple[int, int]],
) -> list[Mention]:
    """Return the mentions of a sentence in order.

    `lost`: places whose digits are gone, numbers there are not read; `times`: where dates stand.
    """
    numbers = list(words.number.finditer(text))
    if times:
        numbers = [m for m in numbers if not _covered(m.start(), _digits_end(m), times)]
    if not numbers:
        return []
    shared = _shared_units(numbers, text) if IN_TURN.search(text) else {}
    measured = []
    for match in numbers:
        start = match.start()
        clause = clause_of(spans, start)
        lender = shared.get(start)
        unit = _unit(lender or match, text, words, clause)
        unit = unit and (unit if lender is None else (unit[0], unit[1], unit[2], match.end()))
        if unit is None or (match["c"] and not _counts(match, text)):
            continue
        measured.append((match, clause, unit, lender))
    if not measured:
        return []
    near = max(0, measured[0][0].start() - MASKED), min(len(text), measured[-1][0].end() + MASKED)
    passed = [m.span() for m in words.masks.finditer(text, *near)]
    if words.own_masks is not None:
        passed += [m.span() for m in words.own_masks.finditer(text, *near)]
    found: list[Mention] = []
    for match, clause, unit, lender in measured:
        start = match.start()
        if _covered(start, _digits_end(match), passed):
            continue
        if lost and any(
            a - 1 <= match.end() and start <= b + 1 and (a <= match.end() or text[a - 1] not in "，,。;；")
            for a, b in lost
        ):
            continue
        base, each, kind, end = unit
        if found and start < found[-1].end:
            continue  # the minutes of 1小时37分钟
        if found and kind == found[-1].kind == "percent" and text[found[-1].end : start] in RANGED:
            continue  # 4.5%到5% is one figure
        number, some = _number(match)
        if lender is not None and not match["dsize"] and lender["dsize"]:
            number = value_of(number, lender["dsize"])
        if base == "小时" and text.endswith("个半小时", start, end):
            number = plain(Decimal(number) + Decimal("0.5"))
        minutes = MINUTES.match(text, end) if base == "小时" and "." not in number else None
        if minutes:
            number, base, end = plain(Decimal(number) * 60 + int(minutes[1])), "分钟", minutes.end()
        value = number if each == "1" else plain(Decimal(number) * Decimal(each))
        mention = Mention(start, end, value, base, kind, clause)
        told = [b for a, b in passed if clause[0] <= a and b <= start]  # 日均不足200人次的有17条
        mention.qualifiers = _qualifiers(text, start, end, some, (max(told, default=clause[0]), clause[1]))
        if kind in ("count", "person", "volume", "mass", "energy") and {"日均", "每天", "每日"} & set(
            mention.qualifiers
        ):
            mention.unit += "/日"
        mention.why["value"] = f"{'the first of a range: ' if match['till'] else ''}{match[0]!r}"
        mention.why["unit"] = match["unit"] or "no unit written"
        found.append(mention)
    return found


def _shared_units(numbers: list[re.Match[str]], text: str) -> dict[int, re.Match[str]]:
    """Return of each number without a unit the one whose unit it shares: 分别上升11.2和8.3个百分点."""
    shared: dict[int, re.Match[str]] = {}
    lender: re.Match[str] | None = None
    for match, then in zip(reversed(numbers[:-1]), reversed(numbers[1:]), strict=True):
        if then["unit"] and then["d"]:
            lender = then
        elif then.start() not in shared:
            lender = None
        near = (
            SHARED.match(text, match.end())
            if lender is not None and match["d"] and _lacks_unit(match, lender)
            else None
        )
        if (
            lender is not None
            and near
            and near.end() == then.start()
            and IN_TURN.search(text, max(0, match.start() - 24), match.start())
        ):
            shared[match.start()] = lender
    return shared


def _lacks_unit(match: re.Match[str], lender: re.Match[str]) -> bool:
    """Whether a number of a list borrows its unit: 11.2和8.3个百分点, 1.3个和0.6个百分点."""
    return not match["unit"] or (match["unit"] == "个" and lender["unit"] == "个百分点")


def _counts(match: re.Match[str], text: str) -> bool:
    """Whether Chinese numerals measure here: 近千个, 十多条, 超万家, but no 千方百计."""
    word = match["c"]
    before = text[max(0, match.start() - 2) : match.start()]
    vague = (
        before[-1:] in "近超逾过约足起"
        or (
            before[-1:] == "上"
            and before[:1] not in "以线网路之"
            and match["unit"] not in ("公里", "米", "次")
        )
        or before in ("突破", "达到", "超过", "将近")
    )
    if match["csome"] or match["csize"]:
        return match["unit"] is not None
    if match["unit"] is None:
        return vague or len(word) > 2
    return vague or (len(word) > 1 and any(c in "百千万亿" for c in word))

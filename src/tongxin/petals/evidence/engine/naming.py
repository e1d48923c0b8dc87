"""Names the indicator of a figure: a known one, else what its clause says without number, place and period."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.naming_nouns import (
    AND_MORE,
    DROP,
    HEAD,
    ITEM_VERB,
    THAN,
    WHOSE,
    bare,
    joined,
    measured,
    noun_of,
    of_what_follows,
    short_of,
    without_places,
)
from tongxin.petals.evidence.engine.places import RELATIVE, Seen

NUMBERED = re.compile(
    r"^\s*(?:[-•·*#]\s*)?(?:[（(]\d{1,2}[）)]|\d{1,2}[.、．](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[、）)])"
)
BRACKETED = re.compile("（[^（）]{0,20}）|\\([^()]{0,20}\\)")
LED_BY = re.compile("(?:新区|园区?|港|机场|示范区|科学城|合作区|自贸区)$")
ROUND = re.compile("^(?:左右|以上|以下|以内|的|多|余)+")
GREW = re.compile("(?:年均增速|提高幅度|增幅|降幅|增速|年均|(?<=.{3})年)+$")
ONLY_VERB = re.compile("新增|新建|新设|建成|完成|开工|竣工|投产|投运|获批|落户|入驻")
SINCE = re.compile("^(?:[一二三四五六七八九十\\d]{1,3}年(?:来|间)?|(?:今年|成立|开通)?以来)")
GIVES = re.compile(
    "(?:贡献|聚集|集聚|汇聚|创造|占据|拥有|生产|提供)了?(?:全国|全省|全市|全球)?(?:约|近|超)*$"
)
OF_WHAT = re.compile(
    "占(?:到|了|据)?(?!比|地)(全国|全省|全市|全球|GDP|地区生产总值|规模以上工业|[^，。；的占\\d]{2,8}?)(?:的)?(?:比重|比例|份额|总量)?(?:分别)?(?:已?(?:达到?|超过?|约|近|为|提高到|提升至|保持在|接近))*$"
    "|(?:聚集|集聚|汇聚|贡献|创造|生产)了?(全国|全省|全市|全球)(?:的|约|近|超过?)*$"
)
WHAT = re.compile("[^，。；、,;（(\\s的以左上之级内外处长宽深高]{2}")
MORE_THAN = re.compile("^(?:比|较|同比)")
NO_MATTER = re.compile("\\d|实现|完成|达到|占|增长|预计|推动|累计|满足|按")
NATION = re.compile("^(?:我国|全国|全年|全市|全省|全区|全县|国内|区域|地区|外贸|内地|全部|实际|的)+")
COUNTED = frozenset(["count", "person", "length", "area", "days", "time", "mass", "volume"])
CHANGED = re.compile("减少|缩短|下降|降低|提前|提高|提升|增长|回升|扩大")
MARKS = re.compile("[、，。；]")
GREAT_ONES = re.compile("大(?![类洲陆家地学型桥道坝])")
BARE = re.compile("^(?:总量|总额|数量|规模|总数|总规模|总值|总产量|复制推广|推广|应用)$")
FILLED = re.compile(
    "^(?:跨越|迈上|迈过|完成|实现|均为|达|为|达到|超过|突破|约|近|累计|同比|共|均|分别|增长|规模|其|总|比|较|占|由|从)*$"
)


def indicator(
    text: str,
    m: Mention,
    figures: list[Mention],
    earlier: str,
    names: tuple[str, ...],
    seen: list[Seen],
    words: Lexicon,
) -> tuple[str, str]:
    """Return the name of an indicator, and why. `earlier` is the name of the figure before, in the same paragraph."""
    left = max([m.clause[0], *(f.end for f in figures if f.end <= m.start and f is not m)])
    right = min([m.clause[1], *(f.start for f in figures if f.start >= m.end and f is not m)])
    before, after = (
        NUMBERED.sub("", text[left : m.start]) if left == 0 else text[left : m.start],
        text[m.end : right],
    )
    listed = left > m.clause[0]
    if listed:
        cut = re.search("[、和及]", before)
        before = before[cut.end() :] if cut else before
    told = re.split("占(?=[^，。；]*$)", before)[0] if m.role == "share" else before + after
    known = _known(told, words, m)
    if known:
        share = m.role == "share" and not known.endswith(("率", "比例", "强度"))
        if m.role in ("change", "points"):
            known = _in_turn(known, m, text) + _grew(m, before)
        known = _whose(before, known, words) + known if not share else known
        if m.kind == "percent" and m.role == "main" and GIVES.search(before):
            return known + _of_total(text, m), "a share of a known indicator"
        return known + (_of_total(text, m) if share else ""), "a known indicator"
    counted = m.kind in ("count", "person") or (
        m.kind in ("length", "area", "mass", "volume", "energy")
        and (not before.strip() or WHAT.match(after) is not None)
    )
    if any(c.value.startswith("from:") for c in m.comparisons):
        opened = list(re.finditer("[由从]", text[: m.start]))
        before = re.split("[，。；]", text[: opened[-1].start()])[-1] if opened else before
    head = short_of(HEAD.sub("", without_places(bare(before, words, True), words)))
    after = BRACKETED.sub("", after)
    if told := of_what_follows(m, head, after):
        what = told[0] if told[0] != "占比" else (_known(text[: m.start], words, m) or earlier) + told[0]
        return what, told[1]
    after_name = MARKS.split(after, 1)[0] if counted or m.kind == "time" or len(head) < 2 else ""
    if counted and m.kind in ("mass", "volume", "energy", "area") and "的" in after_name:
        after_name = after_name.split("的")[0]
    after_name = after_name.removeprefix("大") if GREAT_ONES.match(after_name) else after_name
    after_name = noun_of(ROUND.sub("", DROP.sub("", after_name)), right < m.clause[1], bool(head))
    if m.kind == "time" and after_name:
        return (head + after_name).removesuffix("时间") + "时间", "a length of time"
    if m.role in ("change", "points", "share"):
        return _of_change(text, m, head, earlier, after)
    if (
        m.kind == "percent"
        and re.search("(?:集聚|贡献|占据|覆盖|创造|输送)(?:了)?(?:全国|全市)?(?:约|近|超)*$", before)
        and not head
    ):
        head = earlier
    head = "完成投资" if head == "投资" and "完成投资" in before else head
    if counted and len(after_name) >= 4 and re.search("[、和]", head):
        verb = ITEM_VERB.match(head)
        head = verb[0] if verb else ""  # a list before what it counts: 电子信息、装备制造2个万亿级产业
    if counted and after_name:
        name = after_name if len(after_name) >= 4 and len(head) < 3 else joined(head, after_name)
    else:
        name = head or after_name
    why = f"clause {text[slice(*m.clause)][:24]!r}"
    if m.role == "main" and m.kind != "percent" and MORE_THAN.match(name) and earlier:
        how = CHANGED.search(name)
        name, why = (
            re.sub("数量?$", "", earlier) + (how[0] if how else "增加"),
            f"{why}, of the figure before",
        )
    last = next((f for f in reversed(figures) if f.end <= m.start and f is not m), None)
    if ONLY_VERB.fullmatch(name) and earlier and last is not None and last.unit == m.unit:
        name, why = name + re.sub("^(?:新增|建成|完成)|数$", "", earlier), f"{why}, of the figure before"
    if BARE.match(name) and earlier:
        stem = re.sub(
            "^(?:净增|新增|新设|增加|推出|发布)|(?:净增|新增|新设|增加)?(?:数量|数|总量|量|增幅|占比|总额|额)$",
            "",
            earlier,
        )
        name, why = stem.removesuffix("净增") + name, f"{why}, of the figure before"
    if m.turn[0] and earlier and (len(name) < 2 or FILLED.match(name)):
        name, why = earlier, "the figure before, in a list"
    elif len(name) < 2 or FILLED.match(name):
        previous = _clause_before(text, m, words)
        known = _known(previous, words, m) if previous and m.kind == "money" else ""
        name, why = (
            (known or previous + name, "the clause before") if previous else (earlier, "the figure before")
        )
    elif m.start > 0 and len(name) < 9:
        name, why = _with_subject(m, name, why, names, seen, words)
    return measured(m, name, earlier, listed, counted)[:40], why


def _with_subject(
    m: Mention, name: str, why: str, names: tuple[str, ...], seen: list[Seen], words: Lexicon
) -> tuple[str, str]:
    """Put the park, port or new area before a short name, where the clause or the one before tells one."""
    before = [p for p in seen if p.end <= m.start]
    last = before[-1].form if before else ""
    if not last or before[-1].names != names or last in name:
        return name, why
    canonical = names[0]
    if canonical in words.groups or (
        words.levels.get(canonical) == "province" and last.startswith(canonical[:2]) and len(last) < 4
    ):
        return name, why
    if canonical == "全国" or not (last in words.entities or LED_BY.search(last)):
        return name, why
    return last + name, f"{why}, of {last}"


def _known(clause: str, words: Lexicon, m: Mention) -> str:
    """Return the longest known indicator told here whose figures can be of this kind."""
    best = ""
    if words.any_indicator.search(clause) is None or "贡献率" in clause:
        return best
    for known in words.indicators:
        unit = words.units.get(known.unit)
        if (
            m.role == "main"
            and unit
            and m.kind in COUNTED
            and (unit.kind != m.kind or unit.base not in m.unit)
        ):
            continue
        if known.finds.search(clause) and len(known.name) > len(best):
            best = known.name
    return best


def _whose(before: str, known: str, words: Lexicon) -> str:
    """Return of whom or what a known indicator is told: 民营企业进出口总值."""
    finds = [k.finds for k in words.indicators if known.startswith(k.name)]
    at = next((found for f in reversed(finds) if (found := f.search(before))), None)
    if at is None:
        return ""
    whose = NATION.sub(
        "", short_of(HEAD.sub("", without_places(bare(before[: at.start()], words, False), words)))
    )
    whose = NATION.sub("", RELATIVE.sub("", whose))
    return (
        whose
        if 1 < len(whose) < min(9, len(known) + 2) and whose not in known and NO_MATTER.search(whose) is None
        else ""
    )


def _of_change(text: str, m: Mention, head: str, earlier: str, after: str) -> tuple[str, str]:
    name = re.sub("(?:同比|实际|名义|环比|年均|大幅|占.*|比重|保持|强劲|增速|增幅|降幅|涨幅)+$", "", head)
    name = re.sub(
        "(?:比|较)?(?:增长|增加(?!值)|提升|提高|上升|下降|减少|降低|同比|实际|名义|增速|增幅|年均)+.*$",
        "",
        name,
    )
    if m.comparisons and m.comparisons[0].kind == "share_of_total":
        noun = WHOSE.match(after) if len(name) < 2 or name.startswith("以") or GIVES.search(name) else None
        name = _in_turn(AND_MORE.sub("", noun[1])[:20] if noun else name or earlier, m, text)
        return name.removesuffix("占比")[:34] + _of_total(text, m), "a share"
    if len(name) < 2:
        before = text[: m.clause[0]]
        last = [c for c in re.split("[，。；,;]", before) if c]
        last = [c for c in last if not re.search(r"\d", c)]
        carried = (
            re.sub(
                "(?:保持|持续|实现|继续)?(?:强劲|稳定|快速|较快|平稳|两位数)*(?:增长|下降|提升)?$",
                "",
                last[-1],
            )
            if last
            else ""
        )
        name = GREW.sub("", earlier) if m.turn[0] or GREW.search(earlier) else carried or earlier
    if m.kind == "points" and name.startswith(("增速", "增幅")) and earlier:
        name = GREW.sub("", earlier) + "增速"
        return name + "提高幅度", "a change"
    name = SINCE.sub("", THAN.sub("", name)) or GREW.sub("", earlier)
    return _in_turn(GREW.sub("", name), m, text)[:38] + _grew(m, text[slice(*m.clause)]), "a change"


def _grew(m: Mention, clause: str) -> str:
    """Return what a change is called: 年均增速, 降幅, 增幅, 倍数."""
    if m.kind == "points":
        return "提高幅度" if not m.value.startswith("-") else "降幅"
    if "年均" in clause:
        return "年均增速"
    return "降幅" if m.value.startswith("-") else "增幅"


def _of_total(text: str, m: Mention) -> str:
    """Return what a share is called, with that of which it is one where this is told: 占全国比重."""
    before = text[m.clause[0] : m.start]
    told = OF_WHAT.search(before)
    return f"占{told[1] or told[2]}比重" if told else "占比"


def _in_turn(name: str, m: Mention, text: str) -> str:
    """Return the name of one item of a list whose figures follow in turn: 城乡居民收入分别增长8%和9%."""
    i, count = m.turn
    if count < 2:
        return name
    if count == 2 and "城乡居民" in name:
        return name.replace("城乡居民", ("城镇居民", "农村居民")[i])
    if i == 1 and name.startswith("城镇居民") and "城乡居民" in text[slice(*m.clause)]:
        return name.replace("城镇居民", "农村居民")
    if count == 2 and name.startswith("居民人均可支配收入") and "城乡" in text[slice(*m.clause)]:
        return ("城镇", "农村")[i] + name
    parts = [each for each in re.split("[、和与及]", name) if each]
    return parts[i] if len(parts) == count and len(min(parts, key=len)) > 2 else name


def _clause_before(text: str, m: Mention, words: Lexicon) -> str:
    before = [c for c in re.split("[，。；,;：:]", text[: m.clause[0]]) if c.strip()]
    if not before:
        return ""
    name = re.sub("出现在.*$", "", without_places(bare(before[-1], words, True), words))
    return "" if re.search(r"\d", name) else name[-20:]


def theme(
    named: str, clause: str, sentence: str, paragraph: str, words: Lexicon, found: dict[str, str]
) -> tuple[str, str]:
    """Return the field of a figure: that of its indicator, if it is a known one, else by the words around it.

    `found` keeps what was found before.
    """
    for known in reversed(words.indicators):  # one's own come last and win
        if known.name == named and known.theme:
            return known.theme, "that of the indicator"
    for text, why in ((clause, "clause"), (sentence, "sentence"), (paragraph, "paragraph")):
        field = found.get(text)
        if field is None:
            counts = [(len(finds.findall(text)), -i, name) for i, (name, finds) in enumerate(words.themes)]
            best = max(counts, default=(0, 0, ""))
            field = found[text] = best[2] if best[0] else ""
        if field:
            return field, why
    return "产业", "nothing said otherwise"

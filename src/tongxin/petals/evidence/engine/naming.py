"""Names the indicator of a figure: a known one, else the parts of its sentence that belong to the name.

Which parts these are is learned from examples (`name_parts`); here they are put together, and behind them what is
measured: 数, 人数, 里程, 面积, 增幅, 占比.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tongxin.petals.evidence.engine.facts import Fact, Mention
from tongxin.petals.evidence.engine.lexicon import Known, Lexicon
from tongxin.petals.evidence.engine.name_parts import Parts, Sentence
from tongxin.petals.evidence.engine.places import Seen

COUNTED = frozenset(["count", "person", "length", "area", "days", "time", "mass", "volume"])
COUNTS = frozenset(["count", "person"])
SIZES = frozenset(["area", "length", "volume", "mass", "measure", "time"])
WHOLE = re.compile("(全国|全省|全市|全区|全县|全球|世界)(?=.{2})")
LONGEST = 40
NUMBER = re.compile(r"\d+(?:\.\d+)?[百千万亿]*元?")
NOTE = re.compile(r"^[^（(]{0,6}[)）]|\[\d{1,2}\]")
PAIRED = frozenset("“”（）()《》")
LIST = re.compile(
    "[^，。；、：:]{1,20}(?:、[^，。；、：:]{1,20})*?(?:、|和|与|及|以及)[^，。；、：:]{1,20}?(?=等|分别|依次|(?<!年)均|各)"
)
LIST_ENDS = re.compile("等|分别|依次|(?<!年)均|各")
JOINED = re.compile("、|和|与|以及|及")
GREW = re.compile("(?:年均增速|提高幅度|增幅|降幅|增速|年均|(?<=.{3})年)+$")
CHANGES = re.compile(
    "(?:同比|环比|实际|名义|年均|大幅|分别|均|共|增长|增加(?!值)|提升|提高|上升|下降|减少|降低|增速|增幅|降幅|涨幅)+$"
)
LOOSE = re.compile("^(?:[和与及、的]|其中|段(?!落))+|(?:[、和与及的]|占)+$")
LOOSE_BEGINS, LOOSE_ENDS = "和与及、的其段", "、和与及的占"
OF_WHAT = re.compile(
    "占(?:到|了|据)?(?!比|地)(全国|全省|全市|全球|GDP|地区生产总值|规模以上工业|[^，。；的占\\d]{2,8}?)(?:的)?(?:比重|比例|份额|总量)?(?:分别)?(?:已?(?:达到?|超过?|约|近|为|提高到|提升至|保持在|接近))*$"
    "|(?:聚集|集聚|汇聚|贡献|创造|生产)了?(全国|全省|全市|全球)(?:的|约|近|超过?)*$"
)
PROJECT = re.compile("(?:项目|事项|成果|试点|目)$")
# Behind a place: the name of a bay, a bridge or a tunnel goes on.
NAME_ON = re.compile("湾(?!区)|(?:长江|黄河|跨海|跨江)?[^，。；、\\d]{0,4}(?:大桥|隧道)")
OF_A_LINE = re.compile("(?:水位|高度|面积|距离|海拔|深度|里程)$")


class Unnamed(NamedTuple):
    """The facts of a sentence's figures before they have names; `unrelated`: they do not go on with those before.

    `doubts`: places of the sentence where a hidden word was proposed with little certainty: no part of a name.
    """

    sentence: Sentence
    facts: list[Fact]
    paragraph: str
    unrelated: bool
    doubts: frozenset[int] = frozenset()


def name(unnamed: list[Unnamed], parts: Parts, themes: dict[str, str], words: Lexicon) -> None:
    """Give the facts of a text their names and fields.

    `parts` says which characters belong to a name; `themes` keeps the fields of texts.
    """
    kept = iter(parts([each.sentence for each in unnamed]))
    earlier = ""
    for (text, figures, seen, _relatives, _at), facts, paragraph, unrelated, doubts in unnamed:
        earlier = "" if unrelated else earlier
        for m, fact in zip(figures, facts, strict=True):
            mine = [i for i in next(kept) if i not in doubts]
            fact.indicator, name_why = indicator(text, m, figures, mine, seen, earlier, words)
            earlier = fact.indicator
            clause = text[slice(*m.clause)]
            fact.theme, theme_why = theme(earlier, clause, text, paragraph, words, themes)
            fact.why |= {"indicator": name_why, "theme": theme_why}


def indicator(
    text: str,
    m: Mention,
    figures: list[Mention],
    kept: list[int],
    seen: list[Seen],
    earlier: str,
    words: Lexicon,
) -> tuple[str, str]:
    """Return the name of an indicator, and why.

    `kept`: the places of the text that belong to its name; `earlier`: the name of the figure before, in this paragraph.
    """
    left = max([m.clause[0], *(f.end for f in figures if f.end <= m.start and f is not m)])
    right = min([m.clause[1], *(f.start for f in figures if f.start >= m.end and f is not m)])
    others = _other_items(text, m, seen, words)
    before = (
        "".join(text[i] for i in range(left, m.start) if i not in others) if others else text[left : m.start]
    )
    after = text[m.end : right]
    told = re.split("占(?=[^，。；]*$)", before)[0] if m.role == "share" else before + after
    said = _balanced(_said(text, _filled(text, m, kept), others, seen, words))
    known = _known(told, words, m)
    if known:
        return _of_known(text, m, known, said, words), "a known indicator"
    why = f"of the sentence: {said}" if said else "the figure before"
    if len(said) < 2:
        said = _before(text, m, words) or earlier or _around(before, after)
    elif m.role == "main" and words.naming.general.fullmatch(said) and earlier and kept[0] >= m.clause[0]:
        said, why = words.naming.told.sub("", earlier) + said, f"{why}, of the figure before"
    if m.role == "share" or (
        m.comparisons and m.comparisons[0].kind == "share_of_total" and m.role != "main"
    ):
        return _without_share(said)[:LONGEST] + _of_total(text, m), why
    if m.role in ("change", "points"):
        name = _in_turn(CHANGES.sub("", GREW.sub("", said)), m, words)
        return name[:LONGEST] + _grew(m, text[slice(*m.clause)]), why
    return measured(m, said, text, words)[:LONGEST], why


def _filled(text: str, m: Mention, kept: list[int]) -> list[int]:
    """Return the kept places with the numbers between them: 投资1000万元以上项目, but not the figure itself."""
    filled = kept[:1]
    for i in kept[1:]:
        gap = range(filled[-1] + 1, i)
        if gap and NUMBER.fullmatch(text, gap.start, i) and (i <= m.start or gap.start >= m.end):
            filled += gap
        filled.append(i)
    return filled


def _said(
    text: str, kept: list[int], others: range | frozenset[int], seen: list[Seen], words: Lexicon
) -> str:
    """Return the kept characters in order; a piece that is told twice once, of a list only the figure's own item.

    A place at the head is left out: it has a column of its own.
    """
    kept = _whole(kept, [p for p in seen if p.form in words.lines])
    first = next((p for p in seen if kept and p.start <= kept[0] < p.end), None)
    if first and NAME_ON.match(text, first.end):
        first = None  # 深圳湾口岸, 杭州湾跨海大桥
    left = [i for i in kept if first is None or i >= first.end]
    if first and left and (kept[0] > first.start or (first.form not in words.entities and len(left) > 3)):
        kept = left  # a place at the head, or the end of one: 新区 of 示例新区
    said = ""
    for piece in _runs(text, [i for i in kept if i not in others]):
        said += "" if piece in said else piece
    return _held(said)


def _whole(kept: list[int], lines: list[Seen]) -> list[int]:
    """Return the kept characters with no road or bridge in pieces: kept whole if half of it is, else left out."""
    for place in lines:
        if kept and place.start <= kept[-1] and place.end > kept[0]:
            inside = [i for i in kept if place.start <= i < place.end]
            if 0 < len(inside) < place.end - place.start:
                whole = range(place.start, place.end) if 2 * len(inside) >= place.end - place.start else ()
                kept = sorted({i for i in kept if not place.start <= i < place.end}.union(whole))
    return kept


def _held(piece: str) -> str:
    """Return a piece without the words that only join it to others."""
    return LOOSE.sub("", piece) if piece[:1] in LOOSE_BEGINS or piece[-1:] in LOOSE_ENDS else piece


def _balanced(name: str) -> str:
    """Return a name without notes ([1]), what ends in a bracket not opened in it, and what opens or closes alone."""
    name = NOTE.sub("", name)
    if PAIRED.isdisjoint(name):
        return name
    for opened, closed in ("“”", "（）", "()", "《》"):
        if name.count(opened) != name.count(closed):
            name = name.replace(opened, "").replace(closed, "")
    return name


def _runs(text: str, places: list[int]) -> Iterator[str]:
    """Return the pieces of places that stand side by side."""
    start = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[i - 1] + 1:
            yield _held(text[places[start] : places[i - 1] + 1])
            start = i


def _other_items(text: str, m: Mention, seen: list[Seen], words: Lexicon) -> range | frozenset[int]:
    """Return the places of those items of a list that are other figures': 船舶、汽车、集装箱出口分别增长…."""
    turn, count = m.turn
    if count < 2 or LIST_ENDS.search(text, 0, m.start) is None:
        return frozenset()
    for found in reversed(list(LIST.finditer(text, 0, m.start))):
        cuts = [found.start(), *(c.end() for c in JOINED.finditer(text, *found.span())), found.end() + 1]
        if len(cuts) == count + 1:
            if any(p.start == cuts[0] for p in seen) and any(p.start == cuts[-2] for p in seen):
                return frozenset()  # 甲区、乙区、丙区的浓度依次为…: of each place the same
            mine = range(cuts[turn], cuts[turn + 1] - 1)
            headed = words.naming.shared_head.search(text, cuts[turn], cuts[turn + 1] - 1)
            last = None if headed else words.naming.shared_head.search(text, cuts[-2], cuts[-1] - 1)
            end = last.start() if last else cuts[-1] - 1
            return frozenset(i for i in range(found.start(), end) if i not in mine)
    return frozenset()


def _before(text: str, m: Mention, words: Lexicon) -> str:
    """Return the known indicator told last before the figure's clause."""
    clauses = re.split("[，。；,;：:]", text[: m.clause[0]])
    return next((known.name for clause in reversed(clauses) if (known := _known(clause, words, m))), "")


def _around(before: str, after: str) -> str:
    """Return what stands nearest to a figure of which nothing else is known."""
    told = re.findall("[\u4e00-\u9fff]{2,}", before)
    return told[-1][-12:] if told else next(iter(re.findall("[\u4e00-\u9fff]{2,12}", after)), "")


def _without_share(name: str) -> str:
    return re.sub("(?:占(?!地).*|占比|比重)$", "", name)


def _of_known(text: str, m: Mention, known: Known, said: str, words: Lexicon) -> str:
    """Return a known indicator with whose it is (民营企业进出口总值), its change or its share."""
    found = known.finds.search(said)
    whose = said[: found.start()] if found else ""
    if not 1 < len(whose) < min(9, len(known.name) + 2) or whose in known.name or CHANGES.search(whose):
        whose = ""
    if m.role in ("change", "points"):
        told = said if found and any(form in said for form in words.naming.halves) else whose + known.name
        name = _in_turn(CHANGES.sub("", GREW.sub("", told)), m, words)
        return name + _grew(m, text[m.clause[0] : m.start])
    if m.kind == "percent" and known.unit and known.unit not in ("%", ""):
        return whose + known.name + _of_total(text, m)
    return WHOLE.sub("", whose) + known.name


def _known(clause: str, words: Lexicon, m: Mention) -> Known | None:
    """Return the known indicator told here with the longest name, if its figures can be of this kind."""
    best: Known | None = None
    if words.any_indicator.search(clause) is None or "贡献率" in clause:
        return best
    for known in words.indicators:
        unit = words.units.get(known.unit)
        other = unit is not None and (unit.kind != m.kind or unit.base not in m.unit)
        if m.role == "main" and other and m.kind in COUNTED:
            continue
        if known.finds.search(clause) and (best is None or len(known.name) > len(best.name)):
            best = known
    return best


def measured(m: Mention, name: str, text: str, words: Lexicon) -> str:
    """Put behind a name what is measured: 人数, 里程, 面积, 数, 占比."""
    known, counted = words.naming, m.kind in COUNTS
    if not name:
        return name
    if m.kind == "percent":
        return _of_share(m, name, text, words)
    if counted:
        cut = words.any_indicator.search(name)  # 3座城市地区生产总值过千亿元: what counts are not of
        name = name[: cut.start()] if cut and cut.start() > 1 else name
    if known.ending.search(name) and not (m.kind == "count" and OF_A_LINE.search(name)):
        return name
    if name.endswith(("企业", "主体", "商户")):
        return name + "数" if counted else name
    said = known.units.get("人" if m.kind == "person" else m.unit.removesuffix("/日"))
    if said == "项数" and PROJECT.search(name):
        said = "数"
    if said and (counted or m.kind in SIZES):
        if name.endswith(("人员", "人口", "人才")) and said == "人数":
            return name + "数"
        return name + said[1:] if len(said) > 1 and name.endswith(said[0]) else name + said
    if m.kind == "money" and known.money.search(name):
        return name + "额"
    return name + "数" if counted else name


def _of_share(m: Mention, name: str, text: str, words: Lexicon) -> str:
    """Return the name of a share: 国土面积占全国比重, 岸线占比, 任务完成率."""
    if words.naming.share_ending.search(name):
        return name
    for form, more in words.naming.shares.items():
        if name.endswith(form):
            return name + more.removeprefix("-")
    of = WHOLE.match(name)
    return f"{name[of.end() :]}占{of[1]}比重" if of else name + _of_total(text, m)


def _grew(m: Mention, clause: str) -> str:
    """Return what a change is called: 年均增速, 提高幅度, 降幅, 增幅."""
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


def _in_turn(name: str, m: Mention, words: Lexicon) -> str:
    """Return the name of one half of those told together: 城乡居民收入分别增长8%和9%."""
    i, count = m.turn
    for form, halves in words.naming.halves.items():
        if form in name and count == len(halves):
            return name.replace(form, halves[i])
    return name


def theme(
    named: str, clause: str, sentence: str, paragraph: str, words: Lexicon, found: dict[str, str]
) -> tuple[str, str]:
    """Return the field of a figure: that of its indicator, if it is a known one, else by the words around it.

    `found` keeps what was found before.
    """
    if named in words.fields:
        return words.fields[named], "that of the indicator"
    for text, why in ((clause, "same clause"), (sentence, "sentence"), (paragraph, "paragraph")):
        field = found.get(text)
        if field is None:
            counts = [(len(finds.findall(text)), -i, name) for i, (name, finds) in enumerate(words.themes)]
            best = max(counts, default=(0, 0, ""))
            field = found[text] = best[2] if best[0] else ""
        if field:
            return field, why
    return "产业", "nothing said otherwise"

"""Repairs a text as a chain of edits that can be undone, and marks what cannot be undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from tongxin.petals.evidence.engine import boilerplate, gbk, hidden, spun, traditional
from tongxin.petals.evidence.engine.edits import Chain, Edit, Step, ordered
from tongxin.petals.evidence.engine.tables import rows
from tongxin.petals.evidence.engine.trie import any_of

RESIDUE = re.compile(
    "(?P<tag></?(?:p|br|div|span|font|strong|b|em|i|a|img|table|tr|td|th|h[1-6]|ul|li|o:p|center|section)\\b[^<>\n]{0,300}/?>)"
    "|(?P<space>&nbsp;|&#160;|&ensp;|&emsp;|&#12288;)"
    "|(?P<gone>(?<=[。！？!?.」”’])\ufffd+)"
    "|(?P<doubled>(?<=[,，、;；])[,，]+)"
    "|(?P<smile>[\U0001f300-\U0001faff\u2600-\u26ff\u2b50\ufe0f]+[ \\t\u3000]?)",
    re.IGNORECASE,
)
_NUMERAL = "0-9０-９一二三四五六七八九十百千万亿两几数多半余上近超过破达逾每各整这那哪某单双零〇兆第本来.．"
VALUE_LOST = re.compile(
    f"(?=[亿万余个家项所条截突达增下提]|0\\d{{2}}年)(?:(?<![{_NUMERAL}])(?:[亿万]元|亿美元|万美元|万人次|亿人次)(?![级以店A-Z国地生森口工业])"
    f"|(?<![{_NUMERAL}其剩业盈富])余(?:个|家|项|条|名|人次|件|所|亿元|万元|亿|万|公里|亩)"
    rf"|(?<=[前后第])个月|(?<![\d年])0\d{{2}}年|(?:截至)年\d{{1,2}}月"
    rf"|(?<=项目|机构|事项|平台|单位|学校|医院)(?:个|家|项|所)(?=[,，。;；、\s])"
    f"|(?<=[达共])(?:个|家|项|条|所)(?=[,，。;；])"
    f"|(?:突破|达到|增长|下降|提高)(?:%|％|个百分点))"
)
# The same for units that few words hold: 建成公寓套，新增绿地公顷；运送万人次。与所学校结对；，个组团成形
MORE_LOST = re.compile(
    "(?=[公平万亿套所个余])(?:"
    f"(?<![{_NUMERAL}按为以方吨])(?:公顷|平方米|平方公里|万平方米|公里|万吨|亿吨|万辆|万台|万亩|万件)(?=[,，。;；])"
    "|(?<=公寓|住房|房源|用房|厂房)套(?=[,，。;；、])"
    f"|(?<![{_NUMERAL}该派研究厕诊场住])所(?=(?:学校|高校|院校|医院|中小学|幼儿园)(?!的|在))"
    "|(?<=[,，。;；])(?:个(?![人体性别税案中股位头数月子把例])|余(?:个|家|项|条|件|所|名))(?=[\u4e00-\u9fff]{2}))"
)
# Units behind a word that is no number: 建设个国家级平台, 吸引家企业, 收入元，高于全省个百分点；占比%，公交线路条
BEHIND_WORDS = re.compile(
    "(?=[个家项%％万亿条座名元公平余户])(?:"
    f"(?<![{_NUMERAL}首逐下同个有是妆])个(?=[\u4e00-\u9fff,，。;；、])(?![人体性别税案中股位头数月子把例])"
    f"|(?<![{_NUMERAL}国专大独首商行农住业玩作])家(?=企业|单位|公司|医院|机构|银行|商户|上市|高新|科技|国家级|省级|规上|规模以上"
    "|专精特新|全球|央企|外资|民营|重点|三甲|博物馆|景区|酒店|门店|工厂|电影院|媒体)"
    f"|(?<![{_NUMERAL}事各专首逐单强选款立奖同下大赛该分小易P项展])项(?=[\u4e00-\u9fff])(?!目|链|城|羽|圈|背|英|俊|王|上|下)"
    "|(?<=[近超逾])(?:个|家|项(?!目)|条|座|所)(?=[\u4e00-\u9fff,，。;；、])"
    "|(?<=[，、；])家(?=[\u4e00-\u9fff]{2})(?![庭乡长居电具里家人属校务政禽风国底门暖园常喻住教训畜族中在用])"
    "|(?<=[馆店厂群区校院矿山牌])家(?=[,，。;；、])|(?<=[果施务题准术利])项(?=[,，。;；、])"
    "|(?<=[\u4e00-\u9fff])(?<![用以按个点一两几数半零十百])(?:[%％]|个百分点)(?=[,，。;；、])"
    "|(?:(?<=超过)|(?<=达到)|(?<=突破))(?:公里|平方米|平方公里|公顷|亩|吨|辆|台|户|名|人次|座|套)(?=[,，。;；、])"
    f"|(?<![{_NUMERAL}家为按以])[万亿](?:人|个|件|户|家|吨|千瓦时|辆|台|套|亩|平方米|标箱|标准箱|辆次|名|项|公里|笔|株)(?=[,，。;；、])"
    "|(?:(?<=收入)|(?<=工资)|(?<=价格)|(?<=补贴))元(?=[,，。;；、])"
    "|(?:(?<=线路)|(?<=航线)|(?<=专线)|(?<=管线))条(?=[,，。;；、])"
    "|(?:(?<=车站)|(?<=桥梁)|(?<=电站)|(?<=隧道)|(?<=公园)|(?<=水库))座(?=[,，。;；、])"
    "|(?:(?<=商户)|(?<=主体))余?[家户](?=[,，。;；、])|(?<=企业)余[家户](?=[,，。;；、]))"
)
AROUND = 24  # signs before and behind a unit, within which a table says it
SENTENCE = re.compile("[。；;]|，.*，")
ALSO_LOST = re.compile("(?<=[超过破近逾达])[万亿](?:元|美元|人次|吨|亩|家|个|件|项|人|户)(?![级])")
MAY_HOLD = re.compile("[<&\ufffd\U0001f300-\U0001faff\u2600-\u26ff\u2b50\ufe0f]|(?<=[,，、;；])[,，]")
NARROW = str.maketrans("，：；！？（）", ",:;!?()")
WIDE_DIGITS = re.compile("[０-９]+(?:[．.，,][０-９]+)*％?")
NARROW_DIGITS = str.maketrans("０１２３４５６７８９．％，", "0123456789.%,")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of the repaired text that stays doubtful: `value_lost` (digits gone) or `untrusted` (spun)."""

    start: int
    end: int
    kind: str
    rule: str


@dataclass(slots=True)
class Repaired:
    """A repaired text, the chain that made it from the raw one, what stays doubtful; `whole`: with what is not body.

    `guessed`: where words stand that were proposed with little certainty.
    """

    raw: str
    text: str
    chain: Chain
    marks: list[Mark] = field(default_factory=list)
    whole: str = ""
    guessed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def untrusted(self) -> bool:
        """Whether the text was spun by a machine: its figures prove nothing."""
        return any(mark.kind == "untrusted" for mark in self.marks)


def half_lost(text: str) -> list[Edit]:
    """Return the edits that undo half-lost places and take away readings in brackets."""
    if "(" not in text and ")" not in text:
        return []
    found = gbk.zones(text) if "?" in text else []
    if found and len(re.findall("[\u4e00-\u9fff],", text)) > text.count(
        "，"
    ):  # this mirror wrote narrow marks
        found = [replace(z, text=z.text.translate(NARROW)) for z in found]
    edits = [
        Edit(
            z.start,
            text[z.start : z.end],
            z.text,
            "half-lost characters",
            z.sure,
            "digit lost" if z.lost_digits else "",
        )
        for z in found
    ]
    return [*edits, *traditional.readings_in_brackets(text, bool(found))]


def residue(text: str) -> list[Edit]:
    """Return the edits that take away remains of tags, doubled commas, lost characters after full stops, pictures."""
    if MAY_HOLD.search(text) is None:
        return []
    new = {"tag": "", "space": " ", "gone": "", "doubled": "", "smile": ""}
    return [
        Edit(m.start(), m[0], new[m.lastgroup or "tag"], f"residue: {m.lastgroup}", 0.97)
        for m in RESIDUE.finditer(text)
    ]


def full_width(text: str) -> list[Edit]:
    """Return the edits that make full-width digits narrow, with the marks among them: １，６８２．３ → 1,682.3."""
    return [
        Edit(m.start(), m[0], m[0].translate(NARROW_DIGITS), "full-width digits", 0.99)
        for m in WIDE_DIGITS.finditer(text)
    ]


PASSES: tuple[Callable[[str], list[Edit]], ...] = (
    half_lost,
    full_width,
    traditional.simplify,
    hidden.words,
    residue,
    boilerplate.page_parts,
)


def repair(raw: str, first: Step | None = None) -> Repaired:
    """Repair a raw text; `first` is a step that was found before (the text of a page taken out of its HTML)."""
    steps: list[Step] = []
    text = raw
    if first is not None and first.edits:
        steps.append(first)
        text = first.apply(text)
    lost: list[Mark] = []
    guessed: list[tuple[int, int]] = []
    whole = text
    for find in PASSES:
        whole = text
        edits = ordered(find(text))
        if edits:
            step = Step(edits)
            text = step.apply(text)
            guessed = [(step.forward(a), step.forward(b, end=True)) for a, b in guessed]
            if find is hidden.words:
                unsure = [e for e in edits if e.sure < hidden.SURE]
                guessed = [(at := step.forward(e.start), at + len(e.new)) for e in unsure]
            lost = [Mark(step.forward(m.start), step.forward(m.end, end=True), m.kind, m.rule) for m in lost]
            lost += [
                Mark(
                    at := step.forward(e.start),
                    at + len(e.new),
                    "value_lost",
                    "a digit went with a half-lost character",
                )
                for e in edits
                if e.note == "digit lost"
            ]
            steps.append(step)
    return Repaired(raw, text, Chain(steps), lost + doubtful(text), whole, guessed)


@cache
def _of_column() -> re.Pattern[str]:
    """Units that stand alone in a cell or a line, or in brackets: 亿元; 单位：万人次; (%)."""
    unit = f"[百千万亿]{{0,2}}(?:{any_of([row['form'] for row in rows('units.csv')])}|[%％])"
    units = rf"{unit}(?:[、，,/／ ]{{1,2}}{unit}){{0,4}}"
    return re.compile(
        rf"(?:(?<![^\n\t|]) *(?P<cell>{units}) *(?![^\n\t|])|(?<=[ \u3000])(?P<among>{unit})(?=[ \u3000]+-?\d)"
        rf"|(?:计量)?单位[:：] *(?P<told>{units})|[(（\[［](?P<head>{units})[)）\]］])"
    )


def _says_the_unit(text: str, mark: Mark) -> bool:
    """Whether a table says here the unit of a row or a column, which lost no number: 外贸出口 | 亿元 | 14.9.

    Brackets count in a row of cells and in a line that is no sentence: 地区生产总值（亿元）.
    """
    end = min(len(text), mark.end + AROUND)
    for match in _of_column().finditer(text, max(0, mark.start - AROUND), end):
        if (
            match.start() <= mark.start
            and mark.end <= match.end()
            and (match.end() < end or end == len(text))
        ):
            below = text.find("\n", match.end())
            line = text[text.rfind("\n", 0, match.start()) + 1 : below if below >= 0 else len(text)]
            return not match["head"] or "\t" in line or "|" in line or not SENTENCE.search(line)
    return False


def doubtful(text: str) -> list[Mark]:
    """Return what cannot be undone: units whose digits are gone, spun words."""
    marks = [
        Mark(m.start(), m.end(), "value_lost", "a unit without its number") for m in VALUE_LOST.finditer(text)
    ]
    for lost in (MORE_LOST, BEHIND_WORDS):
        marks += [
            Mark(m.start(), m.end(), "value_lost", "a unit without its number") for m in lost.finditer(text)
        ]
    if marks:
        marks = [m for m in marks if not _says_the_unit(text, m)]
    if marks:  # where digits were lost, 超过亿元 has lost its digits too
        marks += [
            Mark(m.start(), m.end(), "value_lost", "a unit without its number, beside others")
            for m in ALSO_LOST.finditer(text)
        ]
    marks += [Mark(a, b, "untrusted", spun.REPLACED) for a, b in spun.spans(text)]
    marks += [Mark(a, b, "untrusted", "says that a machine wrote it") for a, b in spun.said(text)]
    kept = {(m.start, m.end, m.kind): m for m in reversed(marks)}
    found: list[Mark] = []
    for mark in sorted(kept.values(), key=lambda m: (m.start, -m.end)):
        if not any(m.kind == mark.kind and mark.end <= m.end for m in found[-3:]):  # 个百分点 of 提高个百分点
            found.append(mark)
    return found

"""Finds the places of a text: by name, short names of counties once they were told, 全国, 我市 and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tongxin.petals.evidence.engine.lexicon import Lexicon

NATIONAL = "全国"
RELATIVE = re.compile(
    "(?=[三两四一我全本该当这新示园合产开])(?<!另)(?:三省一市|一市两省|[两三四](?:地|省市|省区|省份|省|市|县)(?![一二三两三])|我市|全市|本市|我区|全区|本区|我县|全县|本县|[我本]州|全州(?!县)|[我全本][盟旗]|我省|全省|本省|该区|该市|该县|当地(?![居群百企村人政的])|这里|这片|这座(?:新|城|千年|未来)|本地(?=[，,])|(?<=[在了为])新区|(?<=[，。,])新区|(?<=其中)新区|(?<=在)(?:示范区|园区|合作区|产业园|开发区)(?=[，内里]))"
)
# The same with what only a text with zones, groups of more than four or partners in its title calls its places by.
RELATIVES = re.compile(
    "(?=[五六七八九十双各成新合先示实试起都城经片])(?:(?<![多近余几])(?:[五六七八九]|十[一二三四五六]?)(?:地|市|城)(?![\u4e00-\u9fff]?[一二三])|双方|成员城市"
    "|(?:(?<![\u4e00-\u9fff])|(?<=[在于到至从自由与和及同向往赴对的是为将让经全了])|(?<=目前|以来|期间))(?:新区|合作区|先行区|示范区|实验区|试验区|起步区|都市圈|城市群|经济圈|片区)(?![建发展成规面协]))|"
    + RELATIVE.pattern
)
OF_TOTAL = re.compile("占(?:到|了)?$|在$|(?:较|比|高于|低于)$")
POLICY = re.compile(
    "^(?:协同发展|一体化|协同|城市群建设|地区协同|合作(?=项目|共建|事项))(?!.{0,6}(?:示范区|园区))"
)
# A place name that goes on is another thing: 北京大学 is in the table, 河北梆子 or 上海合作 would not be.
OTHER_THING = re.compile(
    "(?:航空航天|理工|交通|科技|师范|工业|外国语|邮电|化工|林业|农业|中医药|医科|工商|建筑|语言|体育|财经|政法|民族|石油|地质|电力|海事|海洋|职业技术)(?:大学|学院)|"
    "(?:域|线(?![上下])|大学|银行|证券|时间|梆子|日报|晚报|卫视|(?:国家)?实验室(?!建设|数)|集团|股份|路|街|大街|道|冬奥|烤鸭|海关(?!特殊)|统计局|局集团|铁路局|调查总?队|边检)"
    "|店(?![商主])|镇(?![江海安原康雄宁巴坪远])|村(?![镇庄民级集])|屯(?!昌)|寨|庄(?![河浪])|口(?![岸径罩号述碑味])"
    "|(?<=城)际|(?<=州)湾(?!新区)|(?<=[山河湖江][西东南北])(?:岸|侧|麓|坡|部(?![分门委署长队]))"
)
# What may stand before a short name that is also part of words: 在义乌, but not 完成安装.
BORDERED = re.compile(
    "[^\u4e00-\u9fff]|[在于到至从自由与和及同向往赴对的是为县市省区州年月日以将让经近环跨连户待]"
)
# 全国 where it is the subject, not 全国首个, 全国重点实验室, 全国第三.
SUBJECT_BEGINS = re.compile("(?:[，。；：:;、\\s]|[年月日底季末前时期间]|以来|度|显示|^)$")
OF_ALL = re.compile(
    "[首最唯第一前仅最每]|(?:约|近|超|超过)?(?:[一二三四五六七八九1-9]成|[0-9.]+%|[三四五1-9]分之)|重点|文明|示范|先进|百强|统一|性|率先|领先|排名|各地|人大|政协|优秀|居民|劳动|五一|.{0,8}(?:首[个条座批家次]|最大|最长|第[一二三]|唯一)"
)
SITE = re.compile(
    "(?:新区|市|区|县)?(?:片区|园区|分园|分院|院区|校区|分校|分公司|分中心"
    "|(?:（[^（）]{1,8}）)?(?:延伸|[东西南北])?段(?![时落]))"
)
# 全市（不含甲区、乙市）: what a bracket takes out or in is no subject.
BRACKET = re.compile("[（(](?:不含|不包括|含|包含|包括|除|不计|扣除)[^（）()]{2,60}[）)]")
NAME_GOES_ON = re.compile("[镇乡村庄山江河湖岛寺庙桥级]")


# What only carries the name of a place: in quotes (“港澳药械通”), 北京非首都功能, 以上海为核心.
QUOTED = re.compile("[“‘「][^“”‘’「」]{1,14}[”’」]")
NAMES_OTHER = re.compile("(?:市|省)?(?:非首都功能|(?:援建|援助|捐建|帮扶|对口支援|支持建设)的)")
LEVELS = re.compile("[市县区省]?(?:的)?(?:平均|整体|总体)(?:水平|增速|增幅)?[^，。；、]{0,2}[高低快慢]")
OTHER_BEGINS = frozenset("市省非援捐帮对支")
CENTRED = re.compile(
    "(?:市|等)?(?:[、和及与][^，。；]{1,20}?)?(?:为|作为)(?:核心|中心|龙头|重点|引领|依托|支点|枢纽|牵引|主体|节点|牛鼻子)"
)
# 京津公路: a road that is called by its ends, not all roads of a region (川渝公路里程).
ROAD = re.compile("(?:公路|大道)(?!网|总|里程|通车|运营|建设|货|客)")
LINE_NAME = re.compile("城际(?!公交|客流|通勤)|(?:智慧)?高速|高铁|铁路|公路|大桥|快线|客专|通道|大道")
# 港澳居民, 港澳企业: of these some are told of by every place that has them.
BEYOND = frozenset(("港澳", "港澳台", "香港特别行政区", "澳门特别行政区", "台湾省"))
PEOPLE = re.compile("(?:[资籍]|企业|居民|青年|同胞|专业人士|学生|专才|人才|投资者|创业者|游客|旅客|机构)")
FIRST_OF = re.compile("(?:最|首[个条座批家次例]|第一|唯一|规模最)")  # 东北地区最大的…
# 中国 and 我国 before a stock (中国铁路营业里程突破…) are the subject, wherever the clause begins.
NATION_STOCK = re.compile(
    "有(?=\\d)|(?:已有|共有|拥有)|[^，。；、的\\d]{0,8}(?:里程|总量|总规模|产量|人口|装机容量|总值)(?:已|共|首次|将|正式)*(?:突破|超|达|为|升至|增至)"
)


@dataclass(slots=True)
class Seen:
    """A place as written: where, and its canonical names.

    `weak`: 全国, or a policy that carries the group's name; `aside`: besides, it only names something else.
    """

    start: int
    end: int
    names: tuple[str, ...]
    weak: bool
    form: str
    aside: bool = False

    def moved(self, by: int) -> Seen:
        """Return the same place in a text that begins elsewhere."""
        return Seen(self.start + by, self.end + by, self.names, self.weak, self.form, self.aside)


def _inside(pattern: re.Pattern[str], text: str, found: list[Seen]) -> Iterator[tuple[Seen, re.Match[str]]]:
    """Give the places, which come in order, that stand inside what a pattern finds, each with that."""
    matches = pattern.finditer(text)
    match = next(matches, None)
    for place in found:
        while match is not None and match.end() <= place.start:
            match = next(matches, None)
        if match is None:
            return
        if match.start() < place.start and place.end < match.end():
            yield place, match


def set_quoted_aside(text: str, found: list[Seen]) -> None:
    """Set aside the places inside short quotes, but those that are quoted alone: “京津冀”."""
    for place, quote in _inside(QUOTED, text, found):
        if quote.end() - quote.start() - 2 > place.end - place.start:
            place.weak = place.aside = True


def held(text: str, found: list[Seen]) -> bytearray:
    """Return for each character of a text whether a place holds it: 1 or 0."""
    taken = bytearray(len(text))
    for place in found:
        taken[place.start : place.end] = b"\1" * (place.end - place.start)
    return taken


def _compared(text: str, before: str, end: int) -> bool:
    """Whether a place is only what another is compared with: 高于示例市0.6个百分点, 比示例市平均高."""
    if before.endswith(("高于", "低于", "快于", "慢于", "高出", "优于", "好于")):
        return True
    return before.endswith(("比", "较")) and LEVELS.match(text, end) is not None


def _below(name: str, holder: str, words: Lexicon) -> bool:
    """Whether a place lies in another."""
    parent = words.parents.get(name, "")
    return holder in (parent, words.parents.get(parent, ""))


def _learn(text: str, found: list[Seen], words: Lexicon, known: dict[str, tuple[str, ...]]) -> None:
    """Learn the short names of counties told behind what they lie in: 江西定南."""
    for place in found:
        if text[place.end : place.end + 1] not in words.bare_begins:
            continue
        for length in (3, 2):
            short = text[place.end : place.end + length]
            if short not in words.bare:
                continue
            names = [
                n for n in words.bare[short] if len(place.names) == 1 and _below(n, place.names[0], words)
            ]
            if len(names) == 1 and not NAME_GOES_ON.match(text, place.end + length):
                known[short] = (names[0],)
                break


def with_known(text: str, found: list[Seen], known: dict[str, tuple[str, ...]]) -> list[Seen]:
    """Return the places with those whose short names were learned."""
    told = {short: names for short, names in known.items() if short in text}
    if not told:
        return found
    taken, ends = held(text, found), {p.end for p in found}
    more: list[Seen] = []
    for short, names in told.items():
        start = text.find(short)
        while start >= 0:
            end = start + len(short)
            bordered = not start or BORDERED.match(text, start - 1) or SITE.match(text, end)
            if (
                not any(taken[start:end])
                and (bordered or start in ends)
                and not NAME_GOES_ON.match(text, end)
            ):
                more.append(Seen(start, end, names, False, short))
                taken[start:end] = b"\1" * len(short)
                ends.add(end)
            start = text.find(short, end)
    return sorted([*found, *more], key=lambda p: p.start) if more else found


def seen(text: str, words: Lexicon, known: dict[str, tuple[str, ...]] | None = None) -> list[Seen]:
    """Return the places of a text, longest forms first where forms overlap; `known`: short names learned before."""
    known = {} if known is None else known
    found: list[Seen] = []
    last = -1
    for start, form in words.place.all(text):
        end = start + len(form)
        names = words.places[form]
        if not names or OTHER_THING.match(text, end):
            continue
        if form[-1] in "东南西北" and text.startswith("站", end) and text[start - 1 : end - 1] in words.bare:
            continue  # 玉山南站 is of 玉山, not of 山南
        if form in words.shy and (
            NAME_GOES_ON.match(text, end)
            or (
                last != start
                and start
                and BORDERED.match(text, start - 1) is None
                and SITE.match(text, end) is None
            )
        ):
            continue
        last = end
        if text.startswith("都市圈", end) and names[0] not in words.groups:
            names = (form.removesuffix("市") + "都市圈",)
        if names[0] in words.regions and found and found[-1].end == start and found[-1].names != (NATIONAL,):
            continue  # 河北西部地区 is in 河北
        before = text[max(0, start - 3) : start]
        if names == (NATIONAL,):
            if OF_TOTAL.search(before):
                continue
        elif before.endswith(("占", "占到", "占了")):
            continue
        weak = names == (NATIONAL,) and not (
            form in ("全国", "我国") and SUBJECT_BEGINS.search(before) and not OF_ALL.match(text, end)
        )
        if names == (NATIONAL,) and NATION_STOCK.match(text, end) and not before.endswith("占"):
            weak = False
        if names[0] in words.groups:
            weak = weak or bool(POLICY.match(text[end : end + 14]) or FIRST_OF.match(text, end))
        weak = weak or (form.endswith(("合作", "协作")) and text.startswith(("项目", "共建", "事项"), end))
        aside = form in words.lines or (
            len(form) == 2 and names[0] in words.groups and ROAD.match(text, end) is not None
        )
        between = text.startswith("之间", end) and len(names) + len(words.groups.get(names[0], ())) > 1
        aside = aside or between
        aside = aside or (names != (NATIONAL,) and _compared(text, before, end))
        aside = aside or (text[end : end + 1] in OTHER_BEGINS and NAMES_OTHER.match(text, end) is not None)
        aside = aside or (names[0] in BEYOND and PEOPLE.match(text, end) is not None)
        aside = aside or (before.endswith(("以", "以在")) and CENTRED.match(text, end) is not None)
        found.append(Seen(start, end, names, weak or aside, form, aside))
    if "（" in text or "(" in text:
        for place, _bracket in _inside(BRACKET, text, found):
            place.weak = place.aside = True
    if "“" in text or "「" in text or "‘" in text:
        set_quoted_aside(text, found)
    _learn(text, found, words, known)
    return with_known(text, found, known) if known else found

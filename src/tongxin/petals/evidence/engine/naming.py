"""Names the indicator of a figure: a known one, else what its clause says without number, place and period."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import BEFORE, Lexicon
from tongxin.petals.evidence.engine.periods import without_times
from tongxin.petals.evidence.engine.places import RELATIVE, Seen

TAIL = re.compile(
    rf"(?:{BEFORE}|增长|增加|提升|提高|下降|减少|实现|完成了|新高|共|已|达|为|了|至|到|约|由|从|是|的|有|在|均|将|分别|每天|每日|小于|大于|低于|高于|不足|不到|仅|降至?|增至?|控制|回升|回落|接近|靠近|占|同比|总计|合计|就|都|以|连续|稳定|保持)+$"
)
HEAD = re.compile(
    r"^(?:其中|分别|累计完成(?=.{2})|累计(?=.{3})|完成(?=[^投].{1,})|同时|此外|目前|截至|另外|据|记者|而|并|又|也|还|已|吸引了?(?:包括|来自)|来自|一?共对|设置|谋划|拥有|明确|包括|以及|对于|本次|此次|近日|日前|一共|未来(?!产业|科|城|网)|当地|每年|平均(?=每)|每天|每日|同步|由|经(?![济常营费开理纪贸典验])|支持(?=.{6})|今天|昨天|年内|当前|成立|组建|制定|共(?![同享建识商])|将|预计|力争|全年|累计|，|、|“|”|与|和|及|今年|近(?![日期些])|等地的?|的|在|使|为|至|到(?!位)|有|是|了)+"
)
DROP = re.compile(
    r"《[^》]*》|[“”‘’\"*#（）()\[\]【】\s]|一度|首次|不断|持续|进一步|已经|正在|历史|规模创\S*|创\S*新高|陆续|先后|昼夜|日夜|齐心|顺利|成功|紧急|相继|纷纷|安全(?=转移|撤离)|预计(?=.{2})"
)
NUMBERED = re.compile(
    r"^\s*(?:[-•·*#]\s*)?(?:[（(]\d{1,2}[）)]|\d{1,2}[.、．](?!\d)|[（(]?[一二三四五六七八九十]{1,2}[、）)])"
)
JOINS = re.compile("^(?:、|和|与|的|地区|区域|三地|两地|市(?![场政民值]))+")
BRACKETED = re.compile("（[^（）]{0,20}）|\\([^()]{0,20}\\)")
BUILT = re.compile("(?:建起|建设|建成|打造|兴建|新建)了?([^，。；、]{2,14})")
WHOSE = re.compile(
    "(?:以上|以下|左右|多|余)?的([^，。；,;的]{2,24}?)(?=都|均|已|将|可(?!再生)|是|在|由|从|被|正|实现|完成|来自|集中|[，。；,;的]|$)"
)
AGENT = re.compile(
    "^.{2,14}?(?:部门|部|局|委|集团|公司|政府|总局|办|署|联盟|协会|口岸|海关|总队|支队|部队|银行|总工会|铁建|省|市|当地)(?:(?:共计?|分别|已|累计|将|还|先后|陆续|目前|提前|紧急|今天|自)+(?=.{2,})|(?:组织|派出|调派|下派|出动|预拨|下拨|拨付|下达|公布|发布|印发|推出|部署|安排|启动|举办|新?投放|追回)+了?(?=.{3,})|(?=(?:预拨|下拨|拨付|下达|出动|组织)$))"
)
ALL_OF = re.compile("^.*等(?:(?:地|领域|方面|行业)?(?:的)?(?=.{2,})|(?:地|领域|方面|行业)?$)")
WHOSE_NOUN = re.compile("^.*的(?=.{4,})")
DID = re.compile("[\u4e00-\u9fff]{2}了$")
ENDS_NOUN = re.compile("每天|每日|日均|(?<=.{2})(?:在|由|(?<!行)为|达(?!标)|超过(?=$))")
HEAD_NOUN = re.compile(".{0,8}?(?:行业|企业|项目|领域|机构|事项|城市|平台|国家|线路|产品|中心|园区)")
AND_MORE = re.compile("(?:[和及、]|(?<!参)与)+$")
DOING = re.compile("(?<=..)(?:正在|分布|都是|穿越|进行|正式|受到|全部恢复|配合|赴|进入|迎来|涵盖|还将|携|通过|发挥|属于|奋战|坚守|围绕|(?<![予可得难所加足用])以(?![上下内来及旧]))")
LED = re.compile(
    "^(?:共?计划|共|累计|已|将|部署|促成|形成|打造|囊括|出动|举办|鼓励|引导|帮助|共同|联合)+了?(?=.{3,})"
)
ITEM_VERB = re.compile(
    "^(?:修复|新建|改造|建成|完成|新增|培育|引进|开通|种植|转移|调运|投放|发放|签约|实施|推动|抢通|调拨|清理)"
)
GIVEN = re.compile(
    "(?:再次|共|已|累计)?(?P<verb>预拨|下拨|拨付|下达|安排|投入|提供|发放|筹集|兑现|补助|划拨|调拨)$"
)
FUND = re.compile(
    r"[^，。；、的\d]{0,14}?(?:资金|贷款|补贴|消费券|经费|投资|基金|补助|奖金|专项债|债券|红包|物资)"
)
SUFFIX = {
    "人": "人数", "户": "户数", "场": "场数", "条": "条数", "次": "次数", "公里": "里程", "亩": "面积", "公顷": "面积",
    "平方公里": "面积", "平方米": "面积", "项": "项数", "座": "座数", "栋": "栋数", "间": "间数", "架": "架数",
    "台套": "台套数", "批次": "批次", "架次": "架次", "班次": "班次", "人次": "人次", "立方米": "量", "吨": "量",
    "毫秒": "时延",
}  # fmt: skip
SUFFIXED = re.compile(
    "(?:数|量|次|率|人群|额|值|面积|里程|长度|全长|总长|规模|比例|占比|比重|增幅|降幅|增速|时速|海拔|距离|人口|高度|深度|宽度|长"
    "|时延|能力|水位|指数|浓度)$"
)
TRADE = re.compile("(?:出口|进口|进出口|成交|交易|消费|零售|销售|签约|融资)$")
PROJECT = re.compile("(?:项目|事项|成果|试点|目)$")
PERCENTS = re.compile("(?:率|比例|比重|占比|份额|幅|指数|强度|水平|速|度|量|积)$")
SAVES = re.compile("(?:节能|节水|减排|减碳|降耗|节电|降价|压缩|优良|达标|覆盖)$")
LED_BY = re.compile("(?:新区|园区?|港|机场|示范区|科学城|合作区|自贸区)$")
ROUND = re.compile("^(?:左右|以上|以下|以内|的|多|余)+")
GREW = re.compile("(?:年均增速|提高幅度|增幅|降幅|增速|年均?)+$")
SINCE = re.compile("^(?:[一二三四五六七八九十\\d]{1,3}年(?:来|间)?|(?:今年|成立|开通)?以来)")
GIVES = re.compile("(?:贡献|聚集|集聚|汇聚|创造|占据|拥有|生产|提供)了?(?:全国|全省|全市|全球)?(?:约|近|超)*$")
OF_WHAT = re.compile(
    "占(?:到|了|据)?(?!比|地)(全国|全省|全市|全球|GDP|地区生产总值|规模以上工业|[^，。；的占\\d]{2,8}?)(?:的)?(?:比重|比例|份额|总量)?(?:分别)?(?:已?(?:达到?|超过?|约|近|为|提高到|提升至|保持在|接近))*$"
    "|(?:聚集|集聚|汇聚|贡献|创造|生产)了?(全国|全省|全市|全球)(?:的|约|近|超过?)*$"
)
BUILDS = re.compile("(?:建起|建成|建设|打造|兴建|新建)$")
OWNER = re.compile(".{0,10}?(?:都市圈|城市|省份|国家和地区|国家|企业|机构|机车|县区?|市州)(?=的)")
WHAT = re.compile("[^，。；、,;（(\\s的以左上之]{2}")
IS = re.compile("^(?:为|是|属于|布局在?)(?=..)")
LEADS = re.compile("(?<=..)(?:领跑|位居|居|排名|用于|投向)")
AHEAD = re.compile("^.{2,}(?:将(?![近军士比较达突超增为再])|还将)(?=.{4,})")
DREW = re.compile("^.{0,16}?(?:吸引|来自)了?(?:来自)?(?:全球|世界|全国)?")
AFFECTED = re.compile("^受.{2,16}?影响")
MORE_THAN = re.compile("^(?:比|较|同比)")
THAN = re.compile("(?:(?:相比|(?<![同环占对百相])比(?![例重值赛])|较(?![大高低小强]))[^比较]{0,12}|与[^与]{0,10}相比)$")
DEEP = re.compile("^[多余]?(?P<how>[深高长宽厚])的(?P<noun>[^，。；、的]{2,10})")
NO_MATTER = re.compile("\\d|实现|完成|达到|占|增长|预计|推动|累计|满足|按")
NATION = re.compile("^(?:我国|全国|全年|全市|全省|全区|全县|国内|区域|地区|外贸|内地|全部|实际|的)+")
COUNTED = frozenset(["count", "person", "length", "area", "days", "time", "mass", "volume"])
RATE = re.compile("(?:率|比例|比重|占比|份额|幅|增速)$")
CHANGED = re.compile("减少|缩短|下降|降低|提前|提高|提升|增长|回升|扩大")
MARKS = re.compile("[、，。；]")
GREAT_ONES = re.compile("大(?![类洲陆家地学型桥道坝])")
SIZED = re.compile("(?:新建|全长|总长|^长|改造|新增|建设|开通|建成|占地|面积)$")
BARE = re.compile("^(?:总量|总额|数量|规模|总数|总规模|总值|总产量|复制推广|推广|应用)$")
VERB = re.compile(
    "(?:实现|覆盖|参与|提供|受益|正式|纷纷|同时|加速|先后|陆续|日夜|成功|得到|起降|无缝|全部|共同|拔地)"
)
FILLED = re.compile(
    "^(?:跨越|迈上|迈过|完成|实现|均为|达|为|达到|超过|突破|约|近|累计|同比|共|均|分别|增长|规模|其|总|比|较|占|由|从)*$"
)


def _bare(text: str, words: Lexicon, keep_place: bool) -> str:
    text = without_times(text)
    if not keep_place:
        text = RELATIVE.sub("", text)
    text = HEAD.sub("", DROP.sub("", text))
    said = RELATIVE.match(text)
    if said and len(text) > len(said[0]) + 2:
        text = HEAD.sub("", text[said.end() :])
    return TAIL.sub("", text)


def _without_places(text: str, words: Lexicon) -> str:
    first = words.place.match(text)
    while first and first != "中国":
        text = JOINS.sub("", text[len(first) :])
        first = words.place.match(text)
    return text


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
        return known + (_of_total(text, m) if share else ""), "a known indicator"
    counted = m.kind in ("count", "person") or (
        m.kind in ("length", "area", "mass", "volume", "energy") and (not before.strip() or WHAT.match(after) is not None)
    )
    if any(c.value.startswith("from:") for c in m.comparisons):
        opened = list(re.finditer("[由从]", text[: m.start]))
        before = re.split("[，。；]", text[: opened[-1].start()])[-1] if opened else before
    head = _short(HEAD.sub("", _without_places(_bare(before, words, True), words)))
    after = BRACKETED.sub("", after)
    if told := _of_what_follows(m, head, after):
        return told
    after_name = MARKS.split(after, 1)[0] if counted or m.kind == "time" or len(head) < 2 else ""
    after_name = DOING.split(after_name, 1)[0]
    after_name = after_name.removeprefix("大") if GREAT_ONES.match(after_name) else after_name
    after_name = _noun(ROUND.sub("", DROP.sub("", after_name)), right < m.clause[1])
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
        name = after_name if len(after_name) >= 4 and len(head) < 3 else _joined(head, after_name)
    else:
        name = head or after_name
    why = f"clause {text[slice(*m.clause)][:24]!r}"
    if m.role == "main" and m.kind != "percent" and MORE_THAN.match(name) and earlier:
        how = CHANGED.search(name)
        name, why = re.sub("数量?$", "", earlier) + (how[0] if how else "增加"), f"{why}, of the figure before"
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
        name, why = (known or previous + name, "the clause before") if previous else (earlier, "the figure before")
    elif m.start > 0 and len(name) < 9:
        name, why = _with_subject(m, name, why, names, seen, words)
    return _measured(m, name, earlier, listed, counted)[:40], why


def _measured(m: Mention, name: str, earlier: str, listed: bool, counted: bool) -> str:
    """Put the verb of a list before the name of its item, and behind it what is measured: 人数, 里程, 面积, 数."""
    name = LED.sub("", name)
    name = IS.sub("", name) if m.kind == "percent" else name
    verb = ITEM_VERB.match(earlier) if listed else None
    if verb and not ITEM_VERB.match(name):
        name = verb[0] + name
    if not name or SUFFIXED.search(name):
        return name
    if name.endswith(("企业", "主体", "商户")):
        return name + "数" if counted else name
    said = SUFFIX.get("人" if m.kind == "person" else m.unit.removesuffix("/日"))
    if said == "项数" and PROJECT.search(name):
        said = "数"
    if said and (counted or m.kind in ("area", "length", "volume", "mass", "measure")):
        if name.endswith(("人员", "人口", "人才")) and said == "人数":
            return name + "数"
        return name + said[1:] if len(said) > 1 and name.endswith(said[0]) else name + said
    if m.kind == "percent" and m.role == "main" and not PERCENTS.search(name):
        return name.removesuffix("完成") + "完成率" if name.endswith("完成") else name + ("比例" if SAVES.search(name) else "占比")
    if m.kind == "money" and TRADE.search(name):
        return name + "额"
    return name + "数" if counted and m.kind in ("count", "person") else name


def _of_total_of(head: str) -> str:
    return "占全国比重" if head.endswith("全国") else "占比"


def _of_what_follows(m: Mention, head: str, after: str) -> tuple[str, str] | None:
    """Name a share or size by the noun behind its 的, an investment by what it built."""
    given = GIVEN.search(head) if m.kind == "money" else None
    fund = FUND.match(after) if given else None
    if given and not fund and len(head) < 6:
        return given["verb"] + "资金", "what was given"
    if given and fund:
        return given["verb"] + fund[0], "what was given"
    built = BUILT.match(after) if head.endswith("投资") else None
    if built:
        return built[1] + "投资额", "what was built with it"
    deep = DEEP.match(after) if m.kind == "length" else None
    if deep:
        return deep["noun"] + deep["how"] + "度", "how deep or high"
    whose = WHOSE.match(after)
    if whose and m.kind == "area" and BUILDS.search(head):
        head = ""
    if whose is None or m.role != "main":
        return None
    if m.kind == "percent":
        if whose[1] in ("份额", "比重") and head:
            return head + "占比", "the clause"
        noun = LEADS.split(AND_MORE.sub("", TAIL.sub("", whose[1])))[0][:20]
        return noun + ("" if RATE.search(noun) else _of_total_of(head)), "what follows the share"
    if head and (len(head) > 10 or SIZED.search(head) is None):
        return None
    size = {"area": "面积", "length": "长度"}.get(m.kind)
    return (whose[1][:14] + size, "what has this size") if size else None


def _short(head: str) -> str:
    """Cut what only leads to the noun: a list before 等, what stands before the last 的, a verb with 了."""
    head = AGENT.sub("", AFFECTED.sub("", head))
    head = DREW.sub("", AHEAD.sub("", head))
    head = THAN.sub("", head) if len(THAN.sub("", head)) > 2 else head
    if "等" in head:
        head = ALL_OF.sub("", head)
    if "的" in head:
        head = WHOSE_NOUN.sub("", head)
    return DID.sub("", head) if head.endswith("了") else head


def _noun(after: str, more: bool) -> str:
    """Return the noun of what follows a number; where another number follows, up to its preposition or head noun."""
    owner = OWNER.match(after)
    after = owner[0] if owner else after
    after = ENDS_NOUN.split(after, 1)[0] if len(after) > 5 else after
    if more:
        head = HEAD_NOUN.match(after)
        after = head[0] if head else after
    after = re.sub("(?<=..)(?:中|里|还|也|已|有|正|将|就有|保持)+$", "", after)
    return AND_MORE.sub("", after) if after.endswith(("和", "及", "、", "与")) else after


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


def _joined(head: str, after: str) -> str:
    """Join what stands before and after the number: 开通 + 省际毗邻公交线路."""
    if not head or head in after:
        return after
    return head + after


def _known(clause: str, words: Lexicon, m: Mention) -> str:
    """Return the longest known indicator told here whose figures can be of this kind."""
    best = ""
    if words.any_indicator.search(clause) is None or "贡献率" in clause:
        return best
    for known in words.indicators:
        unit = words.units.get(known.unit)
        if m.role == "main" and unit and m.kind in COUNTED and (unit.kind != m.kind or unit.base not in m.unit):
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
    whose = NATION.sub("", _short(HEAD.sub("", _without_places(_bare(before[: at.start()], words, False), words))))
    whose = NATION.sub("", RELATIVE.sub("", whose))
    return whose if 1 < len(whose) < 9 and whose not in known and NO_MATTER.search(whose) is None else ""


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
    if count == 2 and name.startswith("居民人均可支配收入") and "城乡" in text[slice(*m.clause)]:
        return ("城镇", "农村")[i] + name
    parts = [each for each in re.split("[、和与及]", name) if each]
    return parts[i] if len(parts) == count and len(min(parts, key=len)) > 2 else name


def _clause_before(text: str, m: Mention, words: Lexicon) -> str:
    before = [c for c in re.split("[，。；,;：:]", text[: m.clause[0]]) if c.strip()]
    if not before:
        return ""
    name = re.sub("出现在.*$", "", _without_places(_bare(before[-1], words, True), words))
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

"""The words of an indicator's name: what leads to a noun, the noun behind a number, what is measured."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import BEFORE, Lexicon
from tongxin.petals.evidence.engine.periods import without_times
from tongxin.petals.evidence.engine.places import RELATIVE

TAIL = re.compile(
    rf"(?:{BEFORE}|增长|增加|提升|提高|下降|减少|实现|完成了|新高|共|已|达|为|了|至|到|约|由|从|是|的|有|在|均|将|正在|预计|分别|每天|每日|小于|大于|低于|高于|不足|不到|仅|降至|降到|升至|升到|增至|增到|控制|回升|回落|接近|靠近|占|同比|总计|合计|就|都|以|连续|稳定|保持)+$"
)
HEAD = re.compile(
    r"^(?:其中|分别|累计完成(?=.{2})|累计(?=.{3})|完成(?=[^投].{1,})|同时|此外|目前|截至|另外|据|记者|而|并|又|也|还|已|吸引了?(?:包括|来自)|来自|一?共对|设置|谋划|拥有|明确|包括|以及|对于|本次|此次|近日|日前|一共|未来(?!产业|科|城|网)|当地|每年|平均(?=每)|每天|每日|同步|由|经(?![济常营费开理纪贸典验])|支持(?=.{6})|今天|昨天|年内|当前|成立|组建|制定|共(?![同享建识商])|将|预计|力争|全年|累计|，|、|“|”|与|和|及|今年|近(?![日期些])|等地的?|的|在(?![建校册岗线轨营京粤])|使|为|至|到(?!位)|有(?![关效机色轨线限害形序利])|是|了|连续[一二三四五六七八九十\d]+[年个]月?)+"
)
DROP = re.compile(
    r"《[^》]*》|[“”‘’\"*#（）()\[\]【】\s]|一度|首次|不断|持续|进一步|已经|历史|规模创\S*|创\S*新高|陆续|先后|昼夜|日夜|齐心|顺利|成功|紧急|相继|纷纷|安全(?=转移|撤离)|预计(?=.{2})"
)
JOINS = re.compile("^(?:、|和|与|的|地区|区域|三地|两地|市(?![场政民值]))+")
BUILT = re.compile("(?:建起|建设|建成|打造|兴建|新建)了?([^，。；、]{2,14})")
WHOSE = re.compile(
    "(?:以上|以下|左右|多|余)?的([^，。；,;的]{2,24}?)(?=都|均|已|将|可(?!再生)|是|在|由|从|被|正|实现|完成|来自|集中|[，。；,;的]|$)"
)
AGENT = re.compile(
    "^.{2,14}?(?:部门|部|局|委员会|委|集团|公司|政府|总局|办|署|联盟|协会|口岸|海关|总队|支队|部队|银行|总工会|铁建|省|市|当地)(?:(?:共计?|分别|已|累计|将|还|先后|陆续|目前|提前|紧急|今天|自)+(?=.{2,})|(?:组织|派出|调派|下派|出动|预拨|下拨|拨付|下达|公布|发布|印发|推出|部署|安排|启动|举办|新?投放|追回)+了?(?=.{3,})|(?=(?:预拨|下拨|拨付|下达|出动|组织)$))"
)
ALL_OF = re.compile("^.*等(?:(?:地|领域|方面|行业)?(?:的)?(?=.{2,})|(?:地|领域|方面|行业)?$)")
WHOSE_NOUN = re.compile("^.*的(?=.{4,})")
DID = re.compile("[\u4e00-\u9fff]{2}了$")
HEAD_NOUN = re.compile(".{0,8}?(?:行业|企业|项目|领域|机构|事项|城市|平台|国家|线路|产品|中心|园区)")
AND_MORE = re.compile("(?:[和及、]|(?<!参)与)+$")
DOING = re.compile(
    "(?<=..)(?:正(?=在|加|抓|有)|分布|都是|穿越|进行|正式|受到|全部|配合|赴|进入(?!率)|迎来|涵盖|作为|成为|还将|携|通过(?!量|率)|发挥|属于|奋战|坚守|围绕"
    "|(?<![予可得难所加足])以(?![上下内来及旧])|(?<![潜存所内外旨])在(?!建|册|校|岗|职|线|轨|营)|(?<!自)由|(?<![行作成认])为|(?<![通直抵到发雷表])达(?!标)|每[日天]|日均|已|(?<![平人年日])均|(?<![首成])都(?!市|江)"
    "|实现|(?<![即])将|(?<![许认])可(?!再|持|支|用|见)|参与(?!度|率|者|国|方)|参加|参展|入驻|集聚(?!区)|聚集(?!区)|落户|落地(?!窗|签)|受损|获得(?!感)|纳入|开展|提供(?!商|者)|接受|完成|超过)"
)
ADVERB = re.compile("^(?:已经?|全部|均|都|实现|正式|正在|正|可|将|还|在|也|达(?=.{3})|完成(?=.{2}))+")
STATE = re.compile(
    "(?:全部|均|都|已|实现)*(?:受损|入驻|参展|参与|落户|落地|集聚|聚集|脱贫|出列|获得|纳入|互认|共享)"
)
ONLY = re.compile("^(?:每|日均|正|分布|为|由|都是|以|超过|达(?!到.{3})|进行了?$|受到)")
LED = re.compile(
    "^(?:共?计划|共(?![享同识]|建(?!设))|累计|已|将|部署|促成|形成|打造|囊括|出动|举办|鼓励|引导|帮助|共同|联合)+了?(?=.{3,})"
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
BUILDS = re.compile("(?:建起|建成|建设|打造|兴建|新建)$")
OWNER = re.compile(".{0,10}?(?:都市圈|城市|省份|国家和地区|国家|企业|机构|机车|县区?|市州)(?=的)")
IS = re.compile("^(?:为|是|属于|布局在?)(?=..)")
LEADS = re.compile("(?<=..)(?:领跑|位居|居|排名|用于|投向)")
AHEAD = re.compile("^.{2,}(?:将(?![近军士比较达突超增为再])|还将)(?=.{4,})")
DREW = re.compile("^.{0,16}?(?:吸引(?!力)|来自)了?(?:来自)?(?:全球|世界|全国)?")
AFFECTED = re.compile("^受.{2,16}?影响")
THAN = re.compile(
    "(?:(?:相比|(?<![同环占对百相])比(?![例重值赛])|较(?![大高低小强]))[^比较]{0,12}|与[^与]{0,10}相比)$"
)
DEEP = re.compile("^[多余]?(?P<how>[深高长宽厚])的(?P<noun>[^，。；、的]{2,10})")
RATE = re.compile("(?:率|比例|比重|占比|份额|幅|增速)$")
OF_A_LINE = re.compile("(?:水位|高度|面积|距离|海拔|深度|里程)$")
SET_TO = re.compile("(?:调整|下调|上调|降|升|恢复|提高)$")
GOT = re.compile("(?:获得|提供|投入|输送|带动|创造|形成|承担|享受|减免|产生|输出|供应)$")
SIZED = re.compile("(?:新建|全长|总长|^长|改造|新增|建设|开通|建成|占地|面积)$")


def bare(text: str, words: Lexicon, keep_place: bool) -> str:
    """Return a text without times, what leads to its noun and what trails it."""
    text = without_times(text)
    if not keep_place:
        text = RELATIVE.sub("", text)
    text = HEAD.sub("", DROP.sub("", text))
    said = RELATIVE.match(text)
    if said and len(text) > len(said[0]) + 2:
        text = HEAD.sub("", text[said.end() :])
    short = TAIL.sub("", text)
    cut = text[len(short) : len(short) + 1]  # 节约, 下达: no words before a number
    return short + cut if short[-1:] + cut in ("节约", "下达") else short


def without_places(text: str, words: Lexicon) -> str:
    """Return a text without the places at its head."""
    first = words.place.match(text)
    while first and first != "中国":
        text = JOINS.sub("", text[len(first) :])
        first = words.place.match(text)
    return text


def measured(m: Mention, name: str, earlier: str, listed: bool, counted: bool) -> str:
    """Put the verb of a list before the name of its item, and behind it what is measured: 人数, 里程, 面积, 数."""
    name = LED.sub("", name)
    name = IS.sub("", name) if m.kind == "percent" else name
    verb = ITEM_VERB.match(earlier) if listed else None
    if verb and not ITEM_VERB.match(name):
        name = verb[0] + name
    if not name or (SUFFIXED.search(name) and not (m.kind == "count" and OF_A_LINE.search(name))):
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
    if m.kind == "percent" and m.role == "main" and not SET_TO.search(name) and not PERCENTS.search(name):
        return (
            name.removesuffix("完成") + "完成率"
            if name.endswith("完成")
            else name + ("比例" if SAVES.search(name) else "占比")
        )
    if m.kind == "money" and TRADE.search(name):
        return name + "额"
    return name + "数" if counted and m.kind in ("count", "person") else name


def _of_total_of(head: str) -> str:
    return "占全国比重" if head.endswith("全国") else "占比"


def of_what_follows(m: Mention, head: str, after: str) -> tuple[str, str] | None:
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
        if whose[1] in ("份额", "比重", "比例"):
            return re.sub("占据?$", "", head) + "占比", "the clause"
        noun = LEADS.split(AND_MORE.sub("", TAIL.sub("", whose[1])))[0][:20]
        return noun + ("" if RATE.search(noun) else _of_total_of(head)), "what follows the share"
    if m.kind in ("money", "mass", "volume", "energy") and GOT.search(head):
        return head + TAIL.sub("", whose[1])[:14], "what was got or given"
    if head and (len(head) > 10 or SIZED.search(head) is None):
        return None
    size = {"area": "面积", "length": "长度"}.get(m.kind)
    return (whose[1][:14] + size, "what has this size") if size else None


def short_of(head: str) -> str:
    """Cut what only leads to the noun: a list before 等, what stands before the last 的, a verb with 了."""
    head = AGENT.sub("", AFFECTED.sub("", head))
    head = DREW.sub("", AHEAD.sub("", head))
    head = THAN.sub("", head) if len(THAN.sub("", head)) > 2 else head
    if "等" in head:
        head = ALL_OF.sub("", head)
    if "的" in head:
        head = WHOSE_NOUN.sub("", head)
    return DID.sub("", head) if head.endswith("了") else head


def noun_of(after: str, more: bool, led: bool) -> str:
    """Return the noun of what follows a number; where another number follows, up to its preposition or head noun."""
    owner = OWNER.match(after)
    after = owner[0] if owner else after
    if more:
        head = HEAD_NOUN.match(after)
        after = head[0] if head else after
    did = DOING.search(after)
    if did and more:
        after = after[: did.start()]
    elif did:
        after = _moved(after[: did.start()], after[did.start() :], led)
    after = re.sub("(?<=..)(?:(?<!集)中|约|近|超过?|共计?|里|还|也|已|有|正|将|就有|保持)+$", "", after)
    return AND_MORE.sub("", after) if after.endswith(("和", "及", "、", "与")) else after


def _moved(noun: str, did: str, more: bool) -> str:
    """Put what things did before them, where it is short: 200家企业入驻 → 入驻企业."""
    said = TAIL.sub("", ADVERB.sub("", did))
    if (more and not STATE.match(did)) or ONLY.match(did) or len(said) > 2 * len(noun) + 3 or len(said) < 2:
        return noun
    return said + noun


def joined(head: str, after: str) -> str:
    """Join what stands before and after the number: 开通 + 省际毗邻公交线路."""
    if not head or head in after:
        return after
    return head + after

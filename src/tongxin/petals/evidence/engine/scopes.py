"""Reads which jurisdictions a figure is for: the clause, else the sentence, the paragraph, the section, the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from tongxin.petals.evidence.engine.around import HERE, Frame, resolve
from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.places import NATIONAL, SITE, Seen

OBJECT = re.compile(
    "(?:引进|承接|吸纳|往返|进入|到|至|直通|通往|连接|前往|发往|来自|吸引|赴|通达|抵达|对接|直达|运抵|毗邻|紧邻|邻近|融入|成立|组建|加入|参与|发起|举办|主办|承办|援建|支援|驰援|与|和|向|对|距|距离|同)$"
)
TARGET = re.compile("(?:引进|承接|吸纳|来自|吸引|对接|对|与|同|向|为|给)$")
PART = re.compile("其中")
PASSED = re.compile("(?<=[，,])(?:途经|起自|连接|串联|经过|贯穿|跨越|横跨)")
LINE = re.compile("起自|起于|始于|[东西南北]起")
GIVEN_TO = re.compile("(?:分别在|专项用于|用于支持|用于|支持|派往|派赴|赶赴|奔赴|前往|赴|在)$")
MINISTRY = re.compile(
    "国家|财政部|[\u4e00-\u9fff]{2,8}部(?![分门队])|总局|总署|委员会|国务院|中央|发展改革委|应急管理部"
)
PARTNER = re.compile(
    "(?:与|同)(?=[^，。；,;]{2,20}(?:共同|联合|合作|签|共建|携手|共享|协同|互[送认派通联访]|对开|结对))"
)
HANDLED = re.compile("[，,](?:分别|共同)?(?:对|赴|支援|驰援|奔赴|在|为)")
AS = re.compile("(?:作为|身为)[^，。；,;]{2,30}?的(?=[^，。；,;]{2})")
# Places of whom or what others bring: 承接京津转移项目, 引进北京企业, 接待京津游客.
LED = re.compile(
    "(?:引进|引入|承接|签约|吸引|吸纳|接待|落户|入驻|转化|对接|承载|服务|招引|集聚|导入|聚集)[^，。；,;、]{0,6}$"
)
OF_OTHERS = re.compile(
    "(?:市|地区|两地|等地)?(?:的)?(?:[^，。；,;、\\d]{0,4})(?:企业|项目|投资|游客|客商|客源|资源|单位|转移|疏解|商户|资本|产业|资金|人才|高校|院所|成果|机构|技术|旅客|患者|老人|市民)"
)
WHOSE = re.compile("(?:市|地区)?(?:来源|籍)的?(?:企业|项目|游客|客商|客源|资本|资金|人才)")
# 全省 that something is compared with: 高出全省5.3个百分点
COMPARAND = re.compile("(?:高于|高出|低于|快于|慢于|领先|超出|好于|优于)$")
WITH_US = re.compile("[与和同](我[市区县省])")
RAIL = re.compile("(?:城际|高铁|铁路|客专)")
STATION = re.compile("[东南西北]?站")
NAMED_ON = re.compile("[^，。；,;、和与及在向对到至]{0,14}")
WITH = re.compile("[^，。；,;、\\d]{0,8}[与和同]")  # 甲医院与乙医院开展合作
TO_JOIN = re.compile("[^，。；,;、\\d]{0,10}(?:开展|签|共建|合作|联合|携手|互[认派通联送]|结对)")
ROUTE = re.compile("(?:市|区|县|站|南站|北站|西站|东站)?(?:至|到|—|－|-|—|–|～)")
LISTED = re.compile("[、和与及]|")
TOGETHER = re.compile("(?:市|区|地区)?(?:[、和与及]|，?以及)?")
NEXT_IN_LIST = re.compile("(?:市|区|县|省|地)?(?:[、和及与]|、[^，。；、的]{2,5}[、和及])?")
OWNED = re.compile("[^，。；,;的]{1,10}的")


@dataclass(slots=True)
class Scope:
    """The places of a sentence, and the frames around it."""

    text: str
    places: list[Seen]
    around: list[Frame]  # the nearest first
    words: Lexicon
    relative: list[re.Match[str]]  # 我市, 三地 …
    last: Frame  # the place told last, in whatever paragraph, a park too
    national: bool  # whether the text is of the whole country where nothing narrower is told
    others: dict[int, bool] = field(default_factory=dict)  # where a place begins → whether it only says whose

    def of(self, m: Mention, spans: list[tuple[int, int]], before: int) -> tuple[tuple[str, ...], str]:
        """Return the jurisdictions of a mention, and why; of a list each number takes its own place in turn.

        `before` is where the number before ends, in the same clause: what stands between is nearest.
        """
        turn, count = m.turn
        us = WITH_US.search(self.text, m.end, m.clause[1]) if self.relative else None
        if us and (ours := resolve(us[1], [f.names for f in self.around if f.names], self.words)):
            return ours, us[0]  # 示例市6家医院与我市合作
        given = self._examples(m)
        if given is not None:
            told = self._within(m.clause[0], given)
            wider = next((f for f in self.around if f.names and f.names != (NATIONAL,)), None)
            earlier = [p for p in self.places if p.end <= m.clause[0] and not p.weak]
            if told:
                return told
            if earlier:
                return self.subject(earlier[0].start, m.clause[0]), f"said before: {earlier[0].form}"
            if wider:
                return wider.names, wider.why
        if count == 1:
            nearer = (
                self._within(before, m.start) if before > m.clause[0] else self._item(m.clause[0], m.start)
            )
            if nearer and not self._only_objects(before, m.start):
                return nearer
            if m.kind in ("length", "rate") and (line := LINE.search(self.text, 0, m.start)):
                ends = self._within(line.start(), m.start)
                if ends:
                    return ends
        names, why = self._of(m.clause, m.start, m.end, spans)
        if count > 1:
            names = self.subject(m.clause[0], m.start) or names
            members = tuple(x for n in names for x in self.words.groups.get(n, (n,)))
            if len(members) == count:
                return (members[turn],), f"{why}: number {turn + 1} of {count}"
        return names, why

    def _item(self, start: int, end: int) -> tuple[tuple[str, ...], str] | None:
        """Return the place with which the last item of a list begins: 上海的…、江苏的80个机场."""
        at = self.text.rfind("、", start, end) + 1
        if at <= start or "等" in self.text[at:end]:
            return None
        own = next((p for p in self.places if p.start == at and p.end <= end and not p.weak), None)
        if own is None or own.names == (NATIONAL,):
            return None
        alone = not any(p.end == at - 1 for p in self.places)
        return (own.names, f"the item of the list: {own.form}") if alone else None

    def _behind(self, end: int) -> tuple[tuple[str, ...], str] | None:
        """Return the places behind a number whose sentence is about a ministry: 5个工作组分别在甲、乙."""
        found: list[Seen] = []
        for p in self.places:
            if p.start < end or p.weak:
                continue
            if not found and not GIVEN_TO.search(self.text, max(end, p.start - 6), p.start):
                continue
            if found and not TOGETHER.fullmatch(self.text, found[-1].end, p.start):
                break
            found.append(p)
        names = tuple(dict.fromkeys(n for p in found for n in p.names))
        return (self.without_wider(names), f"behind the number: {found[0].form}") if names else None

    def _handled(self, end: int) -> tuple[tuple[str, ...], str] | None:
        """Return the place that a later clause is about: 组织5家单位，对示例区…进行清理."""
        found = next((p for p in self.places if p.start > end and not p.weak), None)
        if found is None or not HANDLED.fullmatch(self.text, end, found.start):
            return None
        return self._within(
            found.start,
            next((i for i in range(found.end, len(self.text)) if self.text[i] in "，。；"), len(self.text)),
        )

    def _examples(self, m: Mention) -> int | None:
        """Return where a list of places begins that only gives examples: 苏州、无锡等12个港口; None where none does."""
        if not self.text.endswith(("等", "等全国"), m.clause[0], m.start):
            return None
        at = self.text.rindex("等", m.clause[0], m.start)
        first = None
        for p in reversed([p for p in self.places if m.clause[0] <= p.start and p.end <= at]):
            if NEXT_IN_LIST.fullmatch(self.text[p.end : at if first is None else first]) is None:
                break
            first = p.start
        return first

    def _of(
        self, clause: tuple[int, int], start: int, end: int, spans: list[tuple[int, int]]
    ) -> tuple[tuple[str, ...], str]:
        here = self._within(clause[0], start)
        if here and PART.match(self.text, clause[0]) and self._only_weak(clause[0], start):
            here = None  # 其中川渝合作项目19个
        if here and not self._only_objects(clause[0], start):
            return here
        owner = OWNED.match(self.text, end, clause[1])
        whose = owner and next((p for p in self.places if p.start == owner.end() and not p.weak), None)
        if whose and not here:
            return whose.names, f"whose: {whose.form}"
        after = self._within(end, clause[1]) or self._handled(clause[1])
        earlier = [s for s in spans if s[1] < clause[0] + 1 and s != clause]
        framed = any(f.names and f.names != (NATIONAL,) for f in self.around)
        weak: tuple[tuple[str, ...], str] | None = None
        for span in sorted(earlier, key=lambda s: (PART.match(self.text, *s) is None, s), reverse=True):
            if self._within(*span) and not self._only_objects(*span):
                told = self.subject(*span), f"carried from {self.text[slice(*span)][:20]!r}"
                if framed and self._only_weak(*span):
                    weak = weak or told
                    continue
                return told
        if here:
            near = next((f for f in self.around if f.names and f.names != (NATIONAL,)), Frame())
            if not near.names:
                return here
            partner = PARTNER.search(self.text, clause[0], start)
            names = tuple(dict.fromkeys((*near.names, *here[0]))) if partner else near.names
            return self.without_wider(names), near.why + (f", with {here[1]}" if partner else "")
        if MINISTRY.search(self.text, 0, start) and (behind := self._behind(end)):
            return behind
        for frame in self.around:
            if frame.names and frame.names != (NATIONAL,):
                return frame.names, frame.why
        if weak is not None:
            return weak
        for span in reversed(earlier):
            if objects := self._within(*span):
                return objects
        passed = PASSED.search(self.text, end)
        through = self._within(passed.start(), len(self.text)) if passed else None
        line = next(
            (p for p in self.places if clause[0] <= p.start < start and p.form in self.words.lines), None
        )
        if line and not (after or through):
            return line.names, f"the ends of the line: {line.form}"
        return after or through or (((NATIONAL,) if self.national else ()), "no narrower place told")

    def _within(self, start: int, end: int) -> tuple[tuple[str, ...], str] | None:
        found = [p for p in self.places if start <= p.start < end]
        strong = [p for p in found if not p.weak]
        relative = [r for r in self.relative if start <= r.start() and r.end() <= end]
        if relative and (not strong or relative[0].start() < strong[0].start):
            form = relative[-1][0]
            near = self.near(relative[-1].start())
            names: tuple[str, ...] = ()
            if form in HERE or form[0] in "这示园合产开":
                at = relative[-1].start()
                names = self._just_named(at)
                near = [self.last.names, *near] if self.last.names else near
            names = names or resolve(form, near, self.words)
            if names and PARTNER.search(self.text, relative[-1].end(), end):  # 我区与乙区共同
                joined = (n for p in strong for n in p.names if p.start > relative[-1].end())
                names = self.without_wider(tuple(dict.fromkeys((*names, *joined))))
            if names:
                return names, relative[-1][0]
        strong = self._subject_only(strong) if len(strong) > 1 else strong
        chosen = strong or [p for p in found if p.names != (NATIONAL,) and not p.aside]
        if not chosen:
            return None
        names = tuple(dict.fromkeys(n for p in chosen for n in p.names))
        return self.without_wider(names), "、".join(p.form for p in chosen)

    def _subject_only(self, strong: list[Seen]) -> list[Seen]:
        """Return places without those that only say more of another: 接待京津游客, 作为首都…的示例区."""
        if len(strong) < 2:
            return strong
        last = strong[-1]
        whole = self.words.groups.get(last.names[0], ())
        if self.text.endswith("的", 0, last.start) and len(whole) > 1:
            inner = {n for p in strong[:-1] for n in p.names}
            parents = {self.words.parents.get(n, "") for n in inner} | inner
            parents |= {self.words.parents.get(n, "") for n in parents}
            if inner and parents & set(whole) and all(self._in(n, whole) for n in inner):
                return [last]
        of = AS.match(self.text, max(0, strong[0].start - 3))
        if of and of.end() > strong[0].end:
            named = [p for p in strong if p.start >= of.end()]
            strong = named or strong
        kept = strong[:1]
        for p in strong[1:]:
            if SITE.match(self.text, p.end) and NAMED_ON.fullmatch(self.text, kept[-1].end, p.start):
                kept.pop()  # 甲医院乙院区 is in 乙
            elif STATION.match(self.text, p.end) and RAIL.fullmatch(self.text, kept[-1].end, p.start):
                kept.pop()  # 甲乙城际乙站 is in 乙
            if (
                kept
                and not TOGETHER.fullmatch(self.text, kept[-1].end, p.start)
                and OF_OTHERS.match(self.text, p.end)
                and LED.search(self.text, kept[-1].end, p.start)
            ):
                continue
            kept.append(p)
        return kept

    def _only_weak(self, start: int, end: int) -> bool:
        """Whether a clause names places only as policies do: 推进京津冀协同发展."""
        if any(start <= r.start() and r.end() <= end for r in self.relative):
            return False
        return all(p.weak for p in self.places if start <= p.start < end)

    def _in(self, name: str, whole: tuple[str, ...]) -> bool:
        parent = self.words.parents.get(name, "")
        return bool({name, parent, self.words.parents.get(parent, "")} & set(whole))

    def _only_objects(self, start: int, end: int) -> bool:
        """Whether every place of a clause is an object: 直通北京, 与天津、河北."""
        if any(start <= r.start() and r.end() <= end for r in self.relative):
            return False
        found = [p for p in self.places if start <= p.start < end and not p.weak]
        last = -9
        for p in found:
            listed = last > 0 and LISTED.fullmatch(self.text, last, p.start)
            if (
                not listed
                and not OBJECT.search(self.text, max(start, p.start - 4), p.start)
                and not self.of_others(p)
            ):
                return False
            last = p.end
        return bool(found)

    def of_others(self, place: Seen) -> bool:
        """Whether a place only says whose a thing is: 新签约京津项目, 新增北京来源企业."""
        told = self.others.get(place.start)
        if told is None:
            led = LED.search(self.text, max(0, place.start - 14), place.start)
            told = (led is not None and OF_OTHERS.match(self.text, place.end) is not None) or (
                WHOSE.match(self.text, place.end) is not None
            )
            self.others[place.start] = told
        return told

    def subject(self, start: int, end: int) -> tuple[str, ...]:
        """Return the first places of a clause that stand together: 河北…密云水库 is about 河北."""
        if self.text.startswith("以及", start):  # 在甲、乙，以及丙布局
            start = max(self.text.rfind(c, 0, max(0, start - 1)) for c in "，。；") + 1
        found = [p for p in self.places if start <= p.start < end]
        strong = [p for p in found if not p.weak] or [
            p for p in found if p.names != (NATIONAL,) and not p.aside
        ]
        strong = self._subject_only([p for p in strong if p.names != (NATIONAL,)] or strong)
        dash = self.text.rfind("——", start, strong[-1].start) if strong else -1
        strong = [p for p in strong if p.start > dash]  # 甲的重点项目——乙的示例枢纽
        relative = next((r for r in self.relative if start <= r.start() and r.end() <= end), None)
        if not strong or (relative and relative.start() < strong[0].start):
            told = self._within(start, end)
            return told[0] if told else ()
        kept = [strong[0]]
        for p in strong[1:]:
            if not self._beside(kept[-1], p):
                break
            group = self.words.groups.get(kept[-1].names[0], ())
            if kept[-1].end == p.start and len(group) > 1 and self._in(p.names[0], group):
                kept.pop()  # 京津冀示例县商贸城 is in the county
            kept.append(p)
        return self.without_wider(tuple(dict.fromkeys(n for p in kept for n in p.names)))

    def _just_named(self, at: int) -> tuple[str, ...]:
        """Return the places that stand together last before 当地 or 这里, but those of whom others come."""
        run: list[Seen] = []
        for p in reversed([p for p in self.places if p.end <= at and not p.weak]):
            if run and not TOGETHER.fullmatch(self.text, p.end, run[-1].start):
                break
            if run or not OF_OTHERS.match(self.text, p.end):
                run.append(p)
        return self.without_wider(tuple(dict.fromkeys(n for p in reversed(run) for n in p.names)))

    def _beside(self, first: Seen, then: Seen) -> bool:
        """Whether two places are one subject: 甲、乙; 甲至乙; 甲医院与乙医院开展合作."""
        between = (first.end, then.start)
        if TOGETHER.fullmatch(self.text, *between) or ROUTE.fullmatch(self.text, *between):
            return True
        return bool(WITH.fullmatch(self.text, *between) and TO_JOIN.match(self.text, then.end))

    def without_wider(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return places without those that hold another of them, and without 全国 beside others."""
        if len(names) < 2:
            return names
        parents = {self.words.parents.get(n, "") for n in names}
        parents |= {self.words.parents.get(p, "") for p in parents}
        # a district whose name others have too lies in the city before it: 福州市鼓楼区
        level, held = self.words.levels.get, self.words.parents.get
        parents |= {
            a
            for a, b in pairwise(names)
            if level(b) == "county" and not held(b) and level(a) in ("city", "province")
        }
        narrow = tuple(n for n in names if n not in parents and n != NATIONAL)
        return narrow or names

    def near(self, at: int) -> list[tuple[str, ...]]:
        """Return the places said before a place of the sentence, then those of the frames, the nearest first."""
        before = [p.names for p in reversed(self.places) if p.start < at and not self.of_others(p)]
        return before + [f.names for f in self.around if f.names]

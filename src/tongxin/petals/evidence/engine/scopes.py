"""Reads which jurisdictions a figure is for: the clause, else the sentence, the paragraph, the section, the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine import place_lists
from tongxin.petals.evidence.engine.around import HERE, Frame, resolve, without_wider
from tongxin.petals.evidence.engine.coined import Coined
from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.places import LINE_NAME, NATIONAL, SITE, Seen
from tongxin.petals.evidence.engine.scope_words import (
    AS,
    FIGURE,
    FROM,
    FROM_HERE,
    GIVEN,
    HANDLED,
    LED,
    LINE,
    LISTED,
    MINISTRY,
    MOVED,
    NAMED_ON,
    OBJECT,
    OF_OTHERS,
    OWNED,
    PART,
    PARTNER,
    PASSED,
    RAIL,
    ROUTE,
    STATION,
    TAKEN,
    THEIRS_TO_JOIN,
    TO_JOIN,
    TOGETHER,
    WHOSE,
    WITH,
    WITH_US,
)


@dataclass(slots=True)
class Scope:
    """The places of a sentence, and the frames around it."""

    text: str
    places: list[Seen]
    around: list[Frame]  # the nearest first
    words: Lexicon
    relative: list[re.Match[str]]  # 我市, 三地 …
    last: Frame  # the place told last, in whatever paragraph, a park too
    coined: Coined  # names that the text makes of its places
    national: bool  # whether the text is of the whole country where nothing narrower is told
    others: dict[int, bool] = field(default_factory=dict)  # where a place begins → whether it only says whose

    def of(self, m: Mention, spans: list[tuple[int, int]], before: int) -> tuple[tuple[str, ...], str]:
        """Return the jurisdictions of a mention, and why; of a list each number takes its own place in turn.

        `before` is where the number before ends, in the same clause: what stands between is nearest.
        """
        turn, count = m.turn
        us = WITH_US.search(self.text, m.end, m.clause[1]) if self.relative else None
        if us and (
            ours := resolve(us[1], [f.names for f in self.around if f.names], self.words, self.coined)
        ):
            return ours, us[0]  # 示例市6家医院与我市合作
        given = place_lists.examples(self.text, self.places, m)
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
                self._within(before, m.start)
                if before > m.clause[0]
                else place_lists.item(self.text, self.places, m.clause[0], m.start)
            )
            if nearer and not self._only_objects(before, m.start):
                return nearer
            if m.kind in ("length", "rate") and (line := LINE.search(self.text, 0, m.start)):
                ends = self._within(line.start(), m.start)
                if ends:
                    return ends
        names, why = self._of(m.clause, m.start, m.end, spans)
        partner = None
        if names and self.places and self.places[-1].start > m.end:
            partner = next((p for p in self.places if m.end < p.start < m.clause[1] and not p.weak), None)
        if (
            partner
            and WITH.fullmatch(self.text, m.end, partner.start)
            and THEIRS_TO_JOIN.match(self.text, partner.end)
        ):
            return tuple(dict.fromkeys((*names, *partner.names))), f"{why}, with {partner.form}"
        if count > 1:
            names = self.subject(m.clause[0], m.start) or names
            members = tuple(x for n in names for x in self.words.groups.get(n, (n,)))
            if len(members) != count:  # 甲区189天，乙市194天，浓度分别为
                each = dict.fromkeys(p.names for p in self.places if p.end <= m.clause[0] and not p.weak)
                members = tuple(n[0] for n in each) if all(len(n) == 1 for n in each) else members
            if len(members) == count:
                return (members[turn],), f"{why} ({turn + 1}/{count})"
        return names, why

    def _is_line(self, place: Seen) -> bool:
        return place.form in self.words.lines or LINE_NAME.match(self.text, place.end) is not None

    def _handled(self, end: int) -> tuple[tuple[str, ...], str] | None:
        """Return the place that a later clause is about: 组织5家单位，对示例区…进行清理."""
        found = next((p for p in self.places if p.start > end and not p.weak), None)
        if found is None or not HANDLED.fullmatch(self.text, end, found.start):
            return None
        return self._within(
            found.start,
            next((i for i in range(found.end, len(self.text)) if self.text[i] in "，。；"), len(self.text)),
        )

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
                told = self._but(self.subject(*span), here), f"carried from {self.text[slice(*span)][:20]!r}"
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
            if self.words.levels.get(near.names[0]) != "zone":  # a zone and the city that holds it are two
                names = self.without_wider(names)
            return names, near.why + (f", with {here[1]}" if partner else "")
        line = next(
            (p for p in self.places if clause[0] <= p.start < start and p.aside and self._is_line(p)), None
        )
        framed_by = next((f.names for f in self.around if f.names and f.names != (NATIONAL,)), ())
        if line and set(line.names) < {m for n in framed_by for m in self.words.groups.get(n, (n,))}:
            # 甲乙通道, where the title names 甲、乙、丙
            return line.names, f"the ends of the line: {line.form}"
        behind = (
            place_lists.behind(self.text, self.places, end) if MINISTRY.search(self.text, 0, start) else []
        )
        if behind:
            names = tuple(dict.fromkeys(n for p in behind for n in p.names))
            return self.without_wider(names), f"behind the number: {behind[0].form}"
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
        if line and not (after or through):
            return line.names, f"the ends of the line: {line.form}"
        return after or through or (((NATIONAL,) if self.national else ()), "no narrower place told")

    def _but(self, names: tuple[str, ...], with_whom: tuple[tuple[str, ...], str] | None) -> tuple[str, ...]:
        """Return a subject of several without those that its clause names as partners: 与京津互认."""
        if with_whom is None or len(names) < 2:
            return names
        partners = {m for n in with_whom[0] for m in self.words.groups.get(n, (n,))}
        return tuple(n for n in names if n not in partners) or names

    def _within(self, start: int, end: int) -> tuple[tuple[str, ...], str] | None:
        found = [p for p in self.places if start <= p.start < end]
        strong = [p for p in found if not p.weak]
        relative = [r for r in self.relative if start <= r.start() and r.end() <= end]
        if relative and (not strong or relative[0].start() < strong[0].start):
            form = relative[-1][0]
            near = self.near(relative[-1].start())
            names: tuple[str, ...] = ()
            if form in HERE or (form[0] in "这示园合产开" and form not in self.coined.zones):
                at = relative[-1].start()
                names = self._just_named(at)
                near = [self.last.names, *near] if self.last.names else near
            names = names or resolve(form, near, self.words, self.coined)
            if not names and form[0] in "两双":
                names = self._with_partner(relative[-1].start())
            from_here = self.text.endswith("从", 0, relative[-1].start())
            if names and (
                PARTNER.search(self.text, relative[-1].end(), end)  # 我区与乙区共同
                or (from_here and FROM_HERE.match(self.text, relative[-1].end()))  # 从这里到乙
            ):
                behind = (n for p in strong for n in p.names if p.start > relative[-1].end())
                names = self.without_wider(tuple(dict.fromkeys((*names, *behind))))
            if names:
                return names, relative[-1][0]
        joined: tuple[str, ...] = ()
        if strong and relative and WITH.fullmatch(self.text, strong[-1].end, relative[-1].start()):
            form = relative[-1][0]  # 海丰县与合作区
            joined = resolve(form, self.near(strong[0].start), self.words, self.coined)
        strong = self._subject_only(strong) if len(strong) > 1 else strong
        chosen = strong or [p for p in found if p.names != (NATIONAL,) and not p.aside]
        if not chosen:
            return None
        names = tuple(dict.fromkeys((*(n for p in chosen for n in p.names), *joined)))
        return self.without_wider(names), "、".join(p.form for p in chosen)

    def _with_partner(self, at: int) -> tuple[str, ...]:
        """Return the subject and the partner told last before a place: 与乙区共建…，两地."""
        partner = next((p for p in reversed(self.places) if p.end <= at and not p.weak), None)
        if partner is None or PARTNER.search(self.text, max(0, partner.start - 1), at) is None:
            return ()
        near = next((f.names for f in self.around if f.names and f.names != (NATIONAL,)), ())
        return tuple(dict.fromkeys((*near, *partner.names))) if len(near) == 1 else ()

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
        before, others = strong[0].end, False
        for p in strong[1:]:
            goes_on = NAMED_ON.fullmatch(self.text, kept[-1].end, p.start) if kept and not others else None
            site = SITE.match(self.text, p.end) if goes_on else None
            if site and not (site[0].endswith("段") and "的" in self.text[kept[-1].end : p.start]):
                kept.pop()  # 甲医院乙院区 is in 乙
            elif goes_on and STATION.match(self.text, p.end) and RAIL.fullmatch(self.text, before, p.start):
                kept.pop()  # 甲乙城际乙站 is in 乙
            if not TOGETHER.fullmatch(self.text, before, p.start):
                others = bool(kept) and self._adds_nothing(before, p)
            if not others:
                kept.append(p)
            before = p.end
        return kept

    def _adds_nothing(self, before: int, place: Seen) -> bool:
        """Whether places behind a subject only say whom it gives to or takes from: 甲市向乙、丙发放, 接待乙、丙游客."""
        if GIVEN.search(self.text, before, place.start) and MOVED.match(self.text, place.end) is None:
            return True
        if self.words.levels.get(place.names[0]) == "zone" and self.text.endswith(
            "共建的", before, place.start
        ):
            return True
        if self.text[place.start - 1 : place.start] in FROM and TAKEN.match(self.text, place.end):
            return True  # 甲市今年从乙引进
        return LED.search(self.text, before, place.start) is not None and self._of_others(place)

    def _of_others(self, place: Seen) -> bool:
        """Whether the places that stand together from here on bring something: 乙、丙游客."""
        end = place.end
        for p in self.places:
            if p.start > place.start and not (
                p.start >= end and LISTED.fullmatch(self.text, end, p.start) and p.start > end
            ):
                break
            end = max(end, p.end)
        return OF_OTHERS.match(self.text, end) is not None

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
            told = led is not None and self._of_others(place)
            told = told or WHOSE.match(self.text, place.end) is not None
            told = told or (
                self.text[place.start - 1 : place.start] in FROM
                and TAKEN.match(self.text, place.end) is not None
            )
            self.others[place.start] = told
        return told

    def subject(self, start: int, end: int) -> tuple[str, ...]:
        """Return the first places of a clause that stand together: 河北…密云水库 is about 河北."""
        if self.text.startswith("以及", start):  # 在甲、乙，以及丙布局
            start = max(self.text.rfind(c, 0, max(0, start - 1)) for c in "，。；") + 1
        us = WITH_US.search(self.text, start, end) if self.relative else None
        if us and (
            ours := resolve(us[1], [f.names for f in self.around if f.names], self.words, self.coined)
        ):
            return ours  # 甲市医院与我县医院建立医联体，全年…
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
        if WITH.fullmatch(self.text, *between) is None:
            return False
        counted = FIGURE.search(self.text, *between) is not None  # 甲市6家医院与乙市医院开展合作
        return (THEIRS_TO_JOIN if counted else TO_JOIN).match(self.text, then.end) is not None

    def without_wider(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return places without those that hold another of them, and without 全国 beside others."""
        return without_wider(names, self.words) if len(names) > 1 else names

    def near(self, at: int) -> list[tuple[str, ...]]:
        """Return the places said before a place of the sentence, then those of the frames, the nearest first."""
        told = (p for p in reversed(self.places) if p.start < at and not p.aside)
        before = [p.names for p in told if not self.of_others(p)]
        return before + [f.names for f in self.around if f.names]

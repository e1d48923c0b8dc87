"""What lies around a sentence says of place: title, first lines, publisher; and what 我市, 三地, 这里 mean by it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from tongxin.petals.evidence.engine.coined import KIND, Coined, with_tokens
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.places import NATIONAL, Seen, seen

PAPER = re.compile("日报|晚报|晨报|早报|新闻网|广播电视台|电视台")
OF_NATION = re.compile(
    "央视|中央|新华|人民日报|国家|国务院|总局|总署|全国|中国|部委?$|中新|经济日报|光明日报"
)
# In a title, what stands behind a partner (甲县推进与乙区协同) and behind the name of a scheme (“通武廊”协同发展).
WITH = re.compile("[^，。；、]{2,}[与和同]$")
PARTNERS = re.compile("(?:市|区|县)?(?:深化)?(?:一体化|协同|合作|对接|共建|联动|协作|结对|携手)")
TOWARDS = re.compile("(?:对接|融入|接轨|服务|走进|面向)$")  # 甲新区对接乙市 is about 甲新区
SCHEME = re.compile("[”」]?(?:一体化|协同|合作|联动|协作|共建)")
HERE = ("当地", "这里", "本地")
COUNTS = {n: i for i, n in enumerate("零一两三四五六七八九十")} | {"双": 2}
LEVEL = {
    "市": ("city", "province", "county"),
    "区": ("county", "zone"),
    "县": ("county",),
    "省": ("province",),
    "州": ("city",),
    "盟": ("city",),
    "旗": ("county",),
}


HOMES = ("county", "zone", "city")
KINDS_OF = {"州": ("州",), "盟": ("盟",), "旗": ("旗",)}


@dataclass(slots=True)
class Frame:
    """What a wider scope says about place, with the words it was read from."""

    names: tuple[str, ...] = ()
    why: str = ""


def _group_of(count: int, near: list[tuple[str, ...]], words: Lexicon) -> tuple[str, ...]:
    """Return the nearest group (or places) of so many members; a narrower one of the same count comes before."""
    found: tuple[str, ...] = ()
    for names in near:
        whole = words.groups.get(names[0], names) if len(names) == 1 else names
        if len(whole) == count and (not found or _all_in(whole, words.groups.get(found[0], found), words)):
            found = names
    return found


def _all_in(names: tuple[str, ...], whole: tuple[str, ...], words: Lexicon) -> bool:
    """Whether places are others than those, and lie in them."""
    return names != whole and all(words.holders.get(n, frozenset()) & set(whole) for n in names)


def _is_of(name: str, kind: str, words: Lexicon) -> bool:
    """Whether a place is a city or a province."""
    if kind == "市":
        return name.endswith("市") and words.levels.get(name) in ("city", "province")
    return words.levels.get(name) == "province" and not name.endswith("市")


def resolve(form: str, near: list[tuple[str, ...]], words: Lexicon, coined: Coined) -> tuple[str, ...]:
    """Return what 三地, 我市, 新区 … mean, from places said before, the nearest first."""
    if form in coined.zones:
        return coined.zones[form]
    if form == "三省一市":
        return _group_of(4, near, words) or ("长三角",)
    if form == "成员城市":
        return next((n for n in near if len(words.groups.get(n[0], ())) > 2), ())
    if form == "一市两省" or form[0] in COUNTS:
        return _group_of(3 if form == "一市两省" else COUNTS[form[0]], near, words)
    if KIND.fullmatch(form):
        said = (n for n in near if len(n) == 1 and n[0].endswith(form))
        if (zone := next(said, coined.more.get(form, ()))) or form[0] not in "示合":
            return zone
    if form in HERE or form[0] in "这示园合产开":
        told = [n for n in near if n != (NATIONAL,)]
        return next((n for n in told if len(n) == 1), told[0] if told else ())
    wanted = LEVEL[form[-1]]
    endings = KINDS_OF.get(form[-1], ("市", "区", "县", "省", "自治区"))
    for levels in ((each,) for each in wanted) if form[-1] == "市" else (wanted,):
        for names in near:
            if len(names) == 1 and words.levels.get(names[0]) in levels and names[0].endswith(endings):
                if form[-1] == "市" and not names[0].endswith("市"):
                    continue
                return names
    for names in near:  # 全市, where only a district of it was named
        above = words.parents.get(names[0], "") if len(names) == 1 else ""
        for holder in (above, words.parents.get(above, "")):
            if holder and form[-1] in "市省" and _is_of(holder, form[-1], words):
                return (holder,)
    return next((n for n in near if len(n) == 1 and n[0] not in words.groups and n != (NATIONAL,)), ())


def without_wider(names: tuple[str, ...], words: Lexicon) -> tuple[str, ...]:
    """Return places without those that hold another of them, groups too, and without 全国 beside others."""
    if len(names) < 2:
        return names
    above = frozenset[str]().union(*(words.holders.get(n, frozenset()) for n in names), (NATIONAL,))
    # a district whose name others have too lies in the city before it: 福州市鼓楼区
    level, held = words.levels.get, words.parents.get
    above |= {
        a
        for a, b in pairwise(names)
        if level(b) == "county" and not held(b) and level(a) in ("city", "province")
    }
    narrow = tuple(n for n in names if n not in above and not above.issuperset(words.groups.get(n, (n,))))
    return narrow or names


def home(document: list[Frame], words: Lexicon) -> str:
    """Return the county, zone or city that title or publisher say a text is of; nothing where it is of several."""
    told = next((f.names for f in document if f.why.startswith(("title", "publisher"))), ())
    return told[0] if len(told) == 1 and words.levels.get(told[0]) in HOMES else ""


def is_abroad(names: tuple[str, ...], home: str, words: Lexicon) -> bool:
    """Whether places are others than the one a text is of, and none lies in it: they do not last for sentences."""
    return bool(home) and not any(n == home or home in words.holders.get(n, ()) for n in names)


def members(names: tuple[str, ...], words: Lexicon) -> tuple[str, ...]:
    """Return places with groups taken apart, but those that everybody knows by their name."""
    return tuple(
        dict.fromkeys(m for n in names for m in ((n,) if n in words.by_name else words.groups.get(n, (n,))))
    )


def is_national(publisher: str, every: list[Seen]) -> bool:
    """Whether a text with no narrower place is of the whole country: by its publisher, or because it names it."""
    return bool(OF_NATION.search(publisher)) or any(p.names == (NATIONAL,) for p in every)


# Dailies and evening papers of large cities carry words that are also counties: 光明, 解放, 新民.
NAMED_AFTER = re.compile("([\u4e00-\u9fff]{2,3}?)(?:报|周报|新闻网|发布|融媒|广播电视台|电视台|政府网)")


def main_place(
    title: str, publisher: str, opening: tuple[int, int], every: list[Seen], words: Lexicon,
    known: dict[str, tuple[str, ...]], made: Coined,
) -> list[Frame]:  # fmt: skip
    """Return the frames of a document: its title, its first lines, its publisher.

    `every`: the places of the whole text; those inside `opening` are of the first lines. What they name counts
    only if the text goes on about it: of a round-up of many items the first item says nothing about the others.
    """
    frames = []
    for text, why in ((title, "title"), ("", "first lines"), (publisher, "publisher")):
        if why == "first lines":
            found = [p for p in every if opening[0] <= p.start < opening[1]]
        else:
            said = PAPER.sub("", text)
            found = with_tokens(said, seen(said, words, known), made.tokens)
            if why == "publisher" and not found:
                found = _of_paper(text, words)
        told = [p for p in found if p.names != (NATIONAL,)] or found
        if why != "first lines":
            told = [p for p in told if not p.weak] or [p for p in told if not p.aside] or told
        if not told:
            continue
        if why == "first lines":
            names, _count = Counter(p.names for p in told).most_common(1)[0]
            if names != (NATIONAL,) and not _lasts(names, every, words):
                continue
        else:
            told = _own(text, told, words) if why == "title" and len(told) > 1 else told
            each = dict.fromkeys(n for p in told for n in p.names)
            names = without_wider(tuple(each), words)[:6]
        frames.append(Frame(names, f"{why}: {'、'.join(p.form for p in told[:3])}"))
    return [*frames[:1], *_together(title, words, known, made), *frames[1:]]


def _own(title: str, told: list[Seen], words: Lexicon) -> list[Seen]:
    """Return the places of a title without partners (甲县推进与乙区协同) and schemes that the place is part of."""
    kept = told[:1]
    for p in told[1:]:
        partner = PARTNERS.match(title, p.end) and WITH.search(title, kept[-1].end, p.start)
        if not partner and not TOWARDS.search(title, kept[-1].end, p.start):
            kept.append(p)
    return [p for p in kept if not _is_scheme(title, p, kept, words)]


def _is_scheme(title: str, place: Seen, told: list[Seen], words: Lexicon) -> bool:
    """Whether a group only names what a place of the same title takes part in: 武清区“通武廊”协同发展."""
    whole = set(words.groups.get(place.names[0], place.names))
    named = place.form.endswith(("合作", "协作")) or SCHEME.match(title, place.end)
    if len(whole) < 2 or not named:
        return False
    return any(
        whole & {n, words.parents.get(n, ""), words.parents.get(words.parents.get(n, ""), "")}
        for p in told
        if p is not place
        for n in p.names
        if n not in words.groups
    )


def _together(title: str, words: Lexicon, known: dict[str, tuple[str, ...]], made: Coined) -> list[Frame]:
    """Return what 两地 and 三地 mean by a title: its group, or the place and its partner."""
    told = [p for p in with_tokens(title, seen(title, words, known), made.tokens) if p.names != (NATIONAL,)]
    groups = [Frame(p.names, "title") for p in told if len(words.groups.get(p.names[0], ())) > 1]
    names = tuple(dict.fromkeys(n for p in told if p.names[0] not in words.groups for n in p.names))
    both = tuple(n for n in names if words.levels.get(n) != "zone")
    names = both if len(both) > 1 else names  # 甲区与乙县共建示例新区
    return [*groups, *([Frame(names, "title")] if len(names) > 1 else [])]


def _of_paper(publisher: str, words: Lexicon) -> list[Seen]:
    """Return the county that a paper or site is named after: 示例报 of 示例县."""
    told = NAMED_AFTER.match(publisher)
    names = words.bare.get(told[1], ()) if told else ()
    return [Seen(0, len(names[0]), names, False, names[0])] if len(names) == 1 else []


def _lasts(names: tuple[str, ...], every: list[Seen], words: Lexicon) -> bool:
    """Whether a text goes on about places: two fifths of all it names are they, their parts or what holds them."""
    whole = {m for n in names for m in words.groups.get(n, (n,))} | set(names)

    def of_it(name: str) -> bool:
        members = words.groups.get(name, (name,))
        parent = words.parents.get(name, "")
        return bool(whole & {name, *members, parent, words.parents.get(parent, "")})

    return sum(any(map(of_it, p.names)) for p in every) * 5 >= len(every) * 2

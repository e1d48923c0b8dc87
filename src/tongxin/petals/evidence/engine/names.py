"""Compares the names of figures: what remains of a name when writers differ in form only, and how alike two are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tongxin.petals.evidence.engine.lexicon import lexicon
from tongxin.petals.evidence.engine.tables import rows

NOISE = re.compile(
    "全国|我国|中国|(?<!安)[全本我][省市区县]|前[一二三四五六七八九十两0-9]+个?月|[一二三四前]+季度|[上下]半年|[今去]年|^年?度|年度|累计"
    "|全部|全年|已经?|的|了|(?<!公)共计?|合计|达到?|分别|有望|破$|[“”‘’《》、，（）()·—]"
)
VERBS = re.compile("实现|完成|建成|可办|开通|拥有|[设现]有")
TAIL = re.compile("总?(?:数量|数|量|值|额|规模|里程|人数|户数|(?<!国)家数|条数|项数|货值)$")
ORDINAL = re.compile(r"第[一二三四五六七八九十百\d]+|\d+(?:\.\d+)?")
CHANGE = re.compile("增幅|降幅|增速|增量|减量")


@dataclass(frozen=True, slots=True)
class Names:
    """What writers call by several names, names that tell nothing alone, and the members of groups of places."""

    words: tuple[tuple[str, str], ...]  # form → word, the longest first
    vague: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    known: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict, repr=False)

    def key(self, name: str, places: tuple[str, ...] = ()) -> str:
        """Return what remains of a name when writers differ in form only; its own places are left out."""
        if (name, places) not in self.known:
            self.known[name, places] = self._key(name, places)
        return self.known[name, places]

    def _key(self, name: str, places: tuple[str, ...]) -> str:
        bare = _without(name, places)
        for form, word in self.words:
            if form in bare and not (form in word and word in bare):
                bare = bare.replace(form, word)
        return _short(VERBS.sub("", NOISE.sub("", bare)))

    def is_vague(self, name: str, places: tuple[str, ...] = ()) -> bool:
        """Whether a name does not tell by itself what is counted: 投资 does not, 完成投资 of a place does."""
        plain = _short(NOISE.sub("", _without(name, places)))
        return len(plain) < 2 or plain in self.vague

    def members(self, places: Iterable[str]) -> tuple[str, ...]:
        """Return the places that names of places and groups stand for."""
        return tuple(sorted({m for p in places for m in self.groups.get(p, (p,))}))


def _without(name: str, places: tuple[str, ...]) -> str:
    """Return a name without its own places."""
    for place in places:
        for form in (place, place[:-1] if len(place) > 2 and place[-1] in "省市区县" else place):
            name = re.sub(f"{re.escape(form)}(?:地区|区域)?", "", name)
    return name


def _short(name: str) -> str:
    """Return a name without what only says that it is counted: 总数, 总额, 里程."""
    while len(short := TAIL.sub("", name)) > 1 and short != name:
        name = short
    return name


@lru_cache(4)
def names(more: Path | None = None) -> Names:
    """Return what is known of names, a folder of one's own after our tables. Raises ValueError."""
    forms = sorted(rows("alike_names.csv", more), key=lambda r: -len(r["form"]))
    words = tuple((r["form"], r["word"]) for r in forms)
    groups = lexicon(more).groups
    return Names(words, frozenset(_short(r["name"]) for r in rows("vague_names.csv", more)), groups)


@lru_cache(65536)
def _pieces(name: str) -> frozenset[str]:
    return frozenset(name[i : i + 2] for i in range(len(name) - 1))


def alike(a: str, b: str) -> float:
    """Return how alike two names are, 0 to 1: shared pairs of characters; other ordinals or digits are other things."""
    if a == b:
        return 1.0
    x, y = _pieces(a), _pieces(b)
    if not x or not y or CHANGE.findall(a) != CHANGE.findall(b):
        return 0.0
    one, two = set(ORDINAL.findall(a)), set(ORDINAL.findall(b))
    if one - two and two - one:
        return 0.0
    return 2 * len(x & y) / (len(x) + len(y))


def holds(a: str, b: str) -> bool:
    """Whether one name stands in the other, piece by piece: 企业商业展签约面积, 进博会企业商业展签约面积."""
    x, y = sorted((_pieces(a), _pieces(b)), key=len)
    return len(x) > 2 and len(x & y) >= 0.85 * len(x)

"""Names that a text makes of its places: 遂潼 (遂宁, 潼南), short names of counties, zones called by their kind."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.places import (
    LINE_NAME,
    RELATIVE,
    RELATIVES,
    Seen,
    held,
    set_quoted_aside,
)

Names = tuple[str, ...]
# What stands behind letters of places that are meant together; the last ones make names of lines and roads.
BEHIND = re.compile(
    "两[地市区县]|[三四][地市]|双城|同城|一体化|毗邻|协[同作]|合作|都市圈|新区|城际|高速|高铁|铁路|大桥"
)
# A zone that no table holds, in the name of who publishes.
OWN_ZONE = re.compile(
    "([\u4e00-\u9fff]{2,8}?(?:新区|合作区|示范区|实验区|试验区|先行区))(?:管委会|管理委员会|党工委|发布|融媒体|人民政府|日报|报)"
)
ZONE = re.compile("新区|特别合作区|都市圈")
QUOTES = ("“", "”")
ZONED = re.compile("合作区|先行区|示范区|实验区|试验区|起步区|都市圈|城市群|经济圈|新区|新城|新片区")
KIND = re.compile(f"(?:{ZONED.pattern})$")


@dataclass(slots=True)
class Coined:
    """What a text means by names that it makes: letters together, zones alone."""

    tokens: dict[str, Names] = field(default_factory=dict)
    zones: dict[str, Names] = field(default_factory=dict)  # of title and publisher
    more: dict[str, Names] = field(default_factory=dict)  # zones of the text
    relative: re.Pattern[str] = RELATIVE  # what the places of the text are called by: 两地, 新区 …


def short_names(every: list[Seen], words: Lexicon, known: dict[str, Names]) -> None:
    """Learn the short names of counties that are told in full: 潼南区 → 潼南."""
    for form, name in dict.fromkeys((p.form, p.names[0]) for p in every if p.names):
        for part, whole in words.inner.get(name, ()):
            known.setdefault(part, (whole,))
        short = form[:-1]
        full = form == name and words.levels.get(name) == "county"
        if full and short in words.bare and short not in words.common:
            known.setdefault(short, (name,))


def of_text(
    title: str,
    issuer: str,
    publisher: list[Seen],
    text: str,
    head: list[Seen],
    every: list[Seen],
    words: Lexicon,
) -> Coined:
    """Return what a text makes of its places; `head` are those of the title."""
    tokens: dict[str, Names] = {}
    letters: dict[str, str] = {}
    first = words.letter_set.union(p.form[0] for p in every).union(p.form[0] for p in head)
    for said, told in ((title, head), (text, every)):
        taken = held(said, told)
        for match in BEHIND.finditer(said):
            end = match.start()
            end -= said[end - 1 : end] in QUOTES
            if end > 1 and said[end - 1] in first and said[end - 2] in first:
                letters = letters or _letters([*head, *every], words)
                token = _token(said, end, letters, words, taken)
                if token:
                    tokens.setdefault(*token)
    own = OWN_ZONE.search(issuer)
    if own and own[1] not in words.places:
        tokens[own[1]] = (own[1],)  # 示例新区发布
    _narrow(every, head, words)
    zones, more = _zones([*head, *publisher]), _zones(every)
    groups = any(len(words.groups.get(n, ())) > 4 for p in head for n in p.names)
    partners = len({n for p in head for n in p.names}) > 1
    wanted = zones or groups or tokens or partners or set(more) - {"新区", "新城"}
    if own and own[1] in tokens and (kind := KIND.search(own[1])):
        zones.setdefault(kind[0], tokens[own[1]])
    return Coined(tokens, zones, more, RELATIVES if wanted else RELATIVE)


def _narrow(every: list[Seen], head: list[Seen], words: Lexicon) -> None:
    """Give 沪苏两地 to the city, where the text tells of 苏州市 and never of its province."""
    pairs = [p for p in (*every, *head) if len(p.names) == 2 and p.form.endswith(("两地", "两市"))]
    if not pairs:
        return
    told = dict.fromkeys(n for p in (*every, *head) if len(p.names) == 1 for n in p.names)
    for place in pairs:
        names = []
        for letter, name in zip(place.form, place.names, strict=False):
            city = next((n for n in told if n[0] == letter and words.levels.get(n) == "city"), "")
            names.append(city if city and name not in told else name)
        place.names = tuple(names)


def _letters(every: list[Seen], words: Lexicon) -> dict[str, str]:
    """Return the places told, by the character that may stand for each; the one told most comes first."""
    found: dict[str, str] = {"": ""}
    for name, _count in Counter(n for p in every for n in p.names).most_common():
        level = words.levels.get(name)
        if level is None or level == "zone":
            continue
        for letter in words.letters.get(name, "") + ("" if level == "province" else name[0]):
            found.setdefault(letter, name)
    return found


def _token(
    said: str, end: int, letters: dict[str, str], words: Lexicon, taken: bytearray
) -> tuple[str, Names] | None:
    """Return the token that ends at a place, and what it stands for; `taken`: the characters of places told in full."""
    for length in (5, 4, 3, 2):
        token = said[max(0, end - length) : end]
        if len(token) < length or token in words.common or token in words.places:
            continue
        names = words.pairs.get(token) or tuple(dict.fromkeys(letters[c] for c in token if c in letters))
        start = end - length
        if len(names) == length and not any(taken[start:end]):
            return token, names
    return None


def _zones(told: list[Seen]) -> dict[str, Names]:
    """Return the zones told by their kind, of each kind the first."""
    found: dict[str, Names] = {}
    for place in told:
        if place.form[-1] in "区圈群城" or place.names[0][-1] in "区圈群城":
            kind = KIND.search(place.form) or KIND.search(place.names[0])
            if kind:
                found.setdefault(kind[0], place.names)
    return found


def with_tokens(text: str, found: list[Seen], tokens: dict[str, Names]) -> list[Seen]:
    """Return the places with what the tokens of a text stand for; those of lines and roads are set aside."""
    more: list[Seen] = []
    tokens = {token: meant for token, meant in tokens.items() if token in text}
    taken = held(text, found) if tokens else bytearray()
    for token, meant in tokens.items():
        at = text.find(token)
        while at >= 0:
            end, names = at + len(token), meant
            if not any(taken[at:end]):
                aside = LINE_NAME.match(text, end) is not None
                zone = ZONE.match(text, end)
                if zone:  # a zone that no table holds
                    names, end = (token + zone[0],), zone.end()
                more.append(Seen(at, end, names, aside, token, aside))
                taken[at:end] = b"\1" * (end - at)
            at = text.find(token, end)
    more.sort(key=lambda p: p.start)
    if more and "“" in text:
        set_quoted_aside(text, more)
    return sorted([*found, *more], key=lambda p: p.start) if more else found

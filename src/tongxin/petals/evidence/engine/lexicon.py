"""The words the reader knows, from the data files: places, groups, units, names with digits, indicators, themes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from tongxin.petals.evidence.engine.tables import rows
from tongxin.petals.evidence.engine.trie import Finder, any_of
from tongxin.petals.evidence.engine.words_check import check

PAIRS = ("两省", "两地", "两省区", "两省市", "两省份", "合作", "协作", "东西部协作")
BEGINS = "0-9A-Zh《〔“‘第十一二两三四五六七八九百千万亿半几双东北京数"  # with what a name with digits begins
IN_CONTEXT = "in context"  # 成德: places only before 两地, 同城 and their like, since 完成德育 holds it too
CHINESE = "一二三四五六七八九十百千万亿两"
BEFORE = (
    "大幅|超过|超出|突破|不少于|不低于|至少|将近|接近|大约|约为|约|近|超|逾|过|达到|达|上|高达|多达"
    "|平均|累计|共计|合计|总计|仅|已"
)
NOT_TENTHS = "为立功果本员效长交绩熟品年都分就套渝片群林活型人"  # 成为, 成立, 成果 …


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: its base, what one of it is in the base, its kind (money, count, area …)."""

    base: str
    times: str
    kind: str


@dataclass(frozen=True, slots=True)
class Known:
    """An indicator by name: what to look for, the unit that a bare number then has."""

    name: str
    finds: re.Pattern[str]
    unit: str
    theme: str


@dataclass(frozen=True, slots=True)
class NameWords:
    """What is put behind a name, and which names are not whole: see `name_words.csv`."""

    units: dict[str, str]  # 公里 → 里程
    ending: re.Pattern[str]  # with this a name says what is measured
    share_ending: re.Pattern[str]  # the same of a share
    shares: dict[str, str]  # 完成 → 率; -: nothing
    money: re.Pattern[str]  # behind these stands 额
    general: re.Pattern[str]  # a name that needs that of the figure before: 总投资
    told: re.Pattern[str]  # what such a figure before loses: 签约项目数 → 签约项目
    shared_head: re.Pattern[str]  # ends the last item of a list and belongs to all: 出口
    halves: dict[str, tuple[str, ...]]  # 城乡居民 → 城镇居民, 农村居民

    @classmethod
    def of(cls, table: list[dict[str, str]]) -> NameWords:
        """Return the words of the rows of a table."""

        def forms(kind: str) -> str:
            found = sorted((r["form"] for r in table if r["kind"] == kind), key=len, reverse=True)
            return "|".join(map(re.escape, found)) or "(?!)"

        def names(kind: str) -> dict[str, str]:
            return {r["form"]: r["name"] for r in table if r["kind"] == kind}

        return cls(
            units=names("unit"),
            ending=re.compile(f"(?:{forms('ending')})$"),
            share_ending=re.compile(f"(?:{forms('share ending')})$"),
            shares=names("share"),
            money=re.compile(f"(?:{forms('money')})$"),
            general=re.compile(f"(?:{forms('before general')})*(?:{forms('general')})?"),
            told=re.compile(f"(?:{forms('told')})+$"),
            shared_head=re.compile(f"(?:{forms('shared head')}).*$"),
            halves={form: tuple(name.split(";")) for form, name in names("halves").items()},
        )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every table, compiled once."""

    units: dict[str, Unit]
    number: re.Pattern[str]
    masks: re.Pattern[str]
    own_masks: re.Pattern[str] | None
    any_indicator: re.Pattern[str]
    places: dict[str, tuple[str, ...]]  # form → canonical names; empty: no place
    shy: frozenset[str]  # forms that count only behind a border or another place
    entities: frozenset[str]  # parks, ports, airports: names that lie in places
    lines: frozenset[str]  # railways, roads, bridges: they tell where only if nothing else does
    regions: frozenset[str]  # 西部地区: part of another place behind its name
    bare: dict[str, tuple[str, ...]]  # 甲乙 → 甲乙县: counts behind the name of what it lies in
    inner: dict[str, list[tuple[str, str]]]  # of a zone its parts by their short names
    common: frozenset[str]  # words of everybody that short names or letters of places would be too
    bare_begins: frozenset[str]  # what these begin with
    levels: dict[str, str]  # canonical name → province, city, county, zone
    parents: dict[str, str]
    holders: dict[str, frozenset[str]]  # what a place lies in, and what this lies in
    letters: dict[str, str]  # a place by its letters, but the first of its name: 宁波市 → 甬
    letter_set: frozenset[str]  # all of these letters, and those of pairs
    pairs: dict[str, tuple[str, ...]]  # 成德 → 成都市, 德阳市: in context only
    groups: dict[str, tuple[str, ...]]  # label → members
    by_name: frozenset[str]  # groups that everybody knows by their name: they are not taken apart
    place: Finder
    indicators: tuple[Known, ...]
    fields: dict[str, str]  # indicator → theme; one's own come last and win
    naming: NameWords
    phrases: dict[str, re.Pattern[str]]  # words by what they tell: planned, plan heading, people, money …
    may_plan: re.Pattern[str]  # a character of those that tell plans
    themes: tuple[tuple[str, re.Pattern[str]], ...]


def _number(units: dict[str, Unit]) -> re.Pattern[str]:
    unit = any_of(units)
    sizes = "(?:[十百千]?万亿|[十百千]万|[十百千]亿|万|亿|千(?![米瓦克伏卡焦帕])|百)"
    digits = (
        r"(?P<d>(?<![\d.A-Za-z＋+])(?:\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?))"
        rf"(?P<dsize>{sizes})?(?:(?<=亿)(?P<more>\d{{1,4}}(?:\.\d+)?)(?P<moresize>[千百]?万))?(?P<some>[多余来几])?(?P<dsize2>[万亿])?"
        r"(?:(?P<till>[—–\-~～至到]{1,2})(?P<e>\d+(?:\.\d+)?)(?P<esize>" + sizes + r")?(?P<some2>[多余])?)?"
    )
    chinese = (
        rf"(?P<c>(?:(?<=[近超逾过达破约上至足起])[百千万亿]{{1,4}}|[{CHINESE}]{{0,12}}[{CHINESE[:9]}十][百千万亿十{CHINESE}]{{0,16}}[百千万亿]{{1,4}}|[{CHINESE[:9]}]?十(?=[多余])"
        rf"|(?<!第)[百千万](?=[余多])))(?P<csome>[多余])?(?P<csize>[万亿])?"
    )
    tenths = rf"(?P<t>[{CHINESE[:9]}两1-9])成(?P<thalf>半|[{CHINESE[:9]}])?(?![{NOT_TENTHS}])"
    parts = rf"(?P<den>[{CHINESE[:10]}]{{1,6}})分之(?P<nom>[{CHINESE[:10]}\d]{{1,6}})"
    share = r"(?P<fnom>\d)/(?P<fden>\d{1,2})(?![\d日/])"
    half = "(?P<h>一半)"
    great = (
        rf"(?P<g>(?:(?<=等)|(?<=围绕|聚焦|涵盖|涉及|打造|实施|推进|构建|形成|布局)|(?<=[\u4e00-\u9fff])(?=[{CHINESE[:10]}两]大[^，。；、\d]{{0,5}}(?:产业|集群|机场群|板块|枢纽节点|领域|赛道|片区)))(?!一)[{CHINESE[:10]}两])"
        rf"(?:大(?=[\u4e00-\u9fff])|个(?!月|半|小时|方面)|项|类|座|条|种|家(?!庭))"
    )
    return re.compile(
        rf"(?=[0-9{CHINESE}])(?:(?=[{CHINESE}])(?:{parts}|{great}|{half})|(?<![\d.])(?=.[成/])(?:{tenths}|{share})"
        rf"|(?:{digits}|{chinese})(?P<unit>{unit})?)"
    )


def _alternatives(pattern: str) -> list[str]:
    """Return the alternatives of an expression: what stands between the bars outside all brackets."""
    found, depth, held = [""], 0, ""
    for character in pattern:
        if held == "\\":
            held = "."
        elif character == "\\":
            held = "\\"
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "|" and not depth:
            found.append("")
            continue
        if held == ".":
            held = ""
        found[-1] += character
    return found


def _masks(patterns: list[str]) -> str:
    """Return one expression for all masks: those that begin with a digit or numeral are tried only there."""
    kinds: dict[str, list[str]] = {r"(?=[0-9])": [], f"(?=[{CHINESE}半几数〇])": [], "": []}
    for pattern in patterns:
        for each in _alternatives(pattern):
            first = re.match(r"\\d|\[([一-龥]+)\]", each)
            digit = first is not None and first[0] == r"\d"
            numeral = first is not None and first[1] is not None and set(first[1]) <= set(CHINESE + "半几数")
            kinds[r"(?=[0-9])" if digit else f"(?=[{CHINESE}半几数〇])" if numeral else ""].append(
                f"(?:{each})"
            )
    written = [f"{ahead}(?:{'|'.join(each)})" for ahead, each in kinds.items() if each]
    return f"(?=[{BEGINS}])(?:{'|'.join(written)})"


def _places(
    more: Path | None,
) -> tuple[dict[str, tuple[str, ...]], dict[str, str], dict[str, str], dict[str, tuple[str, ...]]]:
    places: dict[str, tuple[str, ...]] = {}
    levels: dict[str, str] = {}
    parents: dict[str, str] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows("places.csv", more):
        name = row["name"]
        levels[name], parents[name] = row["level"], row["parent"]
        for form in (name, *row["forms"].split()):
            places[form.removesuffix("~")] = (name,)
    for row in rows("zones.csv", more):
        levels[row["name"]], parents[row["name"]] = "zone", row["parent"]
        for form in (row["name"], *row["forms"].split()):
            places[form] = (row["name"],)
    for row in rows("groups.csv", more):
        if row["shown"] == IN_CONTEXT:
            continue
        groups[row["label"]] = tuple(row["members"].split(";"))
        for form in (row["label"], *row["forms"].split()):
            places[form] = (row["label"],)
    letters = {row["letter"]: row["name"] for row in rows("letters.csv", more) if row["of"] != "city"}
    for first, second in permutations(letters, 2):  # 粤桂两省区
        for ending in PAIRS:
            places.setdefault(first + second + ending, (letters[first], letters[second]))
    for row in rows("entities.csv", more):
        places[row["name"]] = tuple(p for p in row["places"].split(";") if p)
    return places, levels, parents, groups


COUNTY = re.compile("(..{1,3})(?:市|县|区|旗)")


def _bare(levels: dict[str, str], places: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the short names of counties that are no form of their own."""
    found: dict[str, tuple[str, ...]] = {}
    held = {name[:n] for name, level in levels.items() if level == "city" for n in (2, 3)}
    for name, level in levels.items():
        short = COUNTY.fullmatch(name) if level == "county" else None
        if short and len(short[1]) in (2, 3) and short[1] not in places and short[1] not in held:
            found[short[1]] = (*found.get(short[1], ()), name)
    return found


def _holders(parents: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return what each place lies in: all that hold it; of a zone of two provinces both."""
    found: dict[str, frozenset[str]] = {}
    for name, holder in parents.items():
        above = set(filter(None, holder.split(";")))
        for _step in range(3):
            above.update(*(filter(None, parents.get(n, "").split(";")) for n in tuple(above)))
        found[name] = frozenset(above)
    return found


def _letters(table: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in table:
        found[row["name"]] = found.get(row["name"], "") + row["letter"]
    return found


def _hanzi(pattern: str) -> str:
    """Return the first character of a pattern that is no part of a condition before or behind it."""
    bare = re.sub(r"\(\?<?[!=](?:[^()]|\([^()]*\))*\)", "", pattern)
    return next(c for c in bare if "\u4e00" <= c <= "\u9fff")


def _phrases(more: Path | None) -> dict[str, re.Pattern[str]]:
    groups: dict[str, list[str]] = {}
    for row in rows("phrases.csv", more):
        groups.setdefault(row["group"], []).append(f"(?:{row['finds']})")
    return {group: re.compile("|".join(finds)) for group, finds in groups.items()}


@lru_cache(maxsize=4)
def lexicon(more: Path | None = None) -> Lexicon:
    """Return the lexicon, a folder of one's own after our tables. Raises ValueError, naming file and line."""
    if more is not None:
        check(more)
    units = {
        r["form"]: Unit(r["unit"], r["times"] or "1", r["kind"] or "count") for r in rows("units.csv", more)
    }
    places, levels, parents, groups = _places(more)
    ours = rows("masks.csv")
    masks = _masks([r["pattern"] for r in ours])
    theirs = "|".join(f"(?:{r['pattern']})" for r in rows("masks.csv", more)[len(ours) :])
    named = "|".join(f"(?:{r['finds']})" for r in rows("indicators.csv", more))
    bare = _bare(levels, places)
    inner: dict[str, list[tuple[str, str]]] = {}
    for name, holder in parents.items():
        if levels[name] == "zone" and holder and name.startswith(holder):
            inner.setdefault(holder, []).append((name.removeprefix(holder), name))
    pairs = {
        r["label"]: tuple(r["members"].split(";"))
        for r in rows("groups.csv", more)
        if r["shown"] == IN_CONTEXT
    }
    return Lexicon(
        units=units,
        number=_number(units),
        masks=re.compile(masks),
        own_masks=re.compile(theirs) if theirs else None,
        any_indicator=re.compile(named),
        places=places,
        entities=frozenset(r["name"] for r in rows("entities.csv", more)),
        lines=frozenset(r["name"] for r in rows("entities.csv", more) if r["note"].startswith("line")),
        regions=frozenset(
            r["label"]
            for r in rows("groups.csv", more)
            if r["label"] == r["members"] and r["label"].endswith("部地区")
        ),
        bare=bare,
        inner=inner,
        common=frozenset(r["form"] for r in rows("common_words.csv")),
        bare_begins=frozenset(short[0] for short in bare),
        shy=frozenset(
            f[:-1] for r in rows("places.csv", more) for f in r["forms"].split() if f.endswith("~")
        ),
        levels=levels,
        parents=parents,
        groups=groups,
        by_name=frozenset(r["label"] for r in rows("groups.csv", more) if r["shown"] == "by name"),
        holders=_holders(parents),
        letters=_letters(rows("letters.csv", more)),
        letter_set=frozenset(r["letter"] for r in rows("letters.csv", more)).union(*pairs),
        pairs=pairs,
        place=Finder(places),
        indicators=tuple(
            Known(r["name"], re.compile(r["finds"]), r["unit"], r["theme"])
            for r in rows("indicators.csv", more)
        ),
        fields={r["name"]: r["theme"] for r in rows("indicators.csv", more) if r["theme"]},
        naming=NameWords.of(rows("name_words.csv", more)),
        phrases=_phrases(more),
        may_plan=re.compile(
            f"[{''.join(_hanzi(r['finds']) for r in rows('phrases.csv', more) if r['group'] == 'planned')}]"
        ),
        themes=tuple((r["theme"], re.compile(r["finds"])) for r in rows("themes.csv", more)),
    )

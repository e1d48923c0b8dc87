"""Reads tables of figures: lines of cells with tabs between, a head that says what stands in which column, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from tongxin.petals.evidence.engine import around, naming, places
from tongxin.petals.evidence.engine.facts import Comparison, Fact, Source
from tongxin.petals.evidence.engine.frames import Frames
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.numerals import plain, size
from tongxin.petals.evidence.engine.periods import all_in, as_of

NUMBER = re.compile(r"[-−–+]?\d[\d,，]*(?:\.\d+)?[%％]?")
WORD = re.compile(r"[^\s|｜]+")
# A row without tabs: a word, then numbers alone, with spaces or bars between; a rule of dashes under the head
ROW = re.compile(
    r"^[ \u3000|｜]*[^\s|｜\d，。；：,;:][^\s|｜，。；]{0,30}"
    r"(?:[ \u3000|｜]+(?:[-−–+]?\d[\d,]*(?:\.\d+)?[%％]?|[-—–/]+)){1,12}[ \u3000|｜]*$",
    re.MULTILINE,
)
RULE = re.compile(r"[\s|｜:+-]*-[\s|｜:+-]*")
GROWTH = re.compile(r"同比|增速|增长|增幅|升降|增减|比上年|比去年|比同期|较上年|较去年|±")
OTHER = re.compile(
    r"环比|序号|代码|位次|排名|名次|排序|备注|贡献|拉动|上年同期|去年同期|计划|目标|占比|比重|占"
)
UNIT_COLUMN = re.compile(r"(?:计量)?单\s*位")
CAPTION = re.compile(r"(?:计量)?单\s*位\s*[:：]\s*([^）)\n]{1,30})")
BRACKETS = re.compile(r"[（(]([^（）()]{1,16})[）)]")
SIZE = re.compile(r"(万亿|千亿|百亿|亿|千万|百万|万|千|百)(?=.)")
FRONT = re.compile(
    r"^[\s　#＃△▲·•—-]*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,2}[）)]|\d{1,2}[.、．])?"
    r"\s*(?:其中)?\s*[:：]?\s*"
)
GENERAL = re.compile(
    r"^(?:(?:绝对)?数值?|数额|总量|总额|总值|指标值?|实绩|完成|本期|本月|当月|累计|本年累计|自年初累计|年初至今|合计"
    r"|[\d\s—－\-~至年月季度上下半前全一二三四末底]+(?:累计|当月|数)?)$"
)
MEASURE = re.compile(
    r"(?:额|值|量|数|率|收入|支出|投资|产|积|程|度|比例|比重|速|幅|价格|指数|存款|贷款|人口|用电|余额|收支|利润|税|费|GDP|生产总值)$"
)
FLOW = re.compile("进出口|出口|进口|销售|零售|投资|消费|收入|成交|产")
ROWS = 400


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and where it begins in the text."""

    start: int
    text: str

    @property
    def number(self) -> str:
        """The number that stands alone in it, or nothing."""
        return self.text if NUMBER.fullmatch(self.text) else ""


@dataclass(slots=True)
class Grid:
    """A table: what stands over it, its head, its rows; places in the text."""

    start: int
    end: int
    over: str
    head: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    @property
    def bare(self) -> bool:
        """Whether numbers alone stand behind the first cell of every row: nothing there is read as text is."""
        return all(c.number or len(c.text) <= 1 for row in self.rows for c in row[1:])


def _cells(at: int, line: str) -> list[Cell]:
    found: list[Cell] = []
    if "\t" not in line:
        return [Cell(at + m.start(), m[0]) for m in WORD.finditer(line)]
    for part in line.split("\t"):
        bare = part.strip()
        found.append(Cell(at + part.index(bare) if bare else at, bare))
        at += len(part) + 1
    return found


def find(text: str) -> list[Grid]:
    """Return the tables of a text: lines with tabs, or of a word and numbers, under a head without figures."""
    if "\t" not in text and ROW.search(text) is None:
        return []
    found: list[Grid] = []
    run: list[tuple[int, str]] = []
    over: list[str] = []
    at = 0
    last = (0, "")
    for line in [*text.split("\n"), ""]:
        row = "\t" in line or (len(line) <= 200 and ROW.fullmatch(line) is not None)
        if row and not run and "\t" not in line and len(_cells(*last)) == len(_cells(at, line)):
            run.append(last)
            over = over[:-1]
        if row and (run or "\t" in line):
            run.append((at, line))
        elif not RULE.fullmatch(line):
            if len(run) >= 2 and (grid := _grid(run, " ".join(over[-3:]))) is not None:
                found.append(grid)
            over = [] if run else over
            run = []
            if line.strip():
                over.append(line.strip()[-120:])
        last = last if RULE.fullmatch(line) else (at, line)
        at += len(line) + 1
    return found


def _grid(run: list[tuple[int, str]], over: str) -> Grid | None:
    rows = [_cells(at, line) for at, line in run[:ROWS]]
    first = next((i for i, row in enumerate(rows) if any(c.number for c in row[1:])), len(rows))
    if not 1 <= first <= 2 or first == len(rows):
        return None
    end = run[len(rows) - 1]
    head = _head([[c.text for c in row] for row in rows[:first]])
    return Grid(run[0][0], end[0] + len(end[1]), over, head, rows[first:])


def _head(rows: list[list[str]]) -> list[str]:
    """Return the heads of the columns; of two lines the upper spans as many columns as the lower has for it."""
    if len(rows) == 1:
        return rows[0]
    upper, lower = rows
    if len(upper) == len(lower):
        return [a if a == b else f"{a}{b}" for a, b in zip(upper, lower, strict=True)]
    groups = upper[1:]
    below = lower if len(lower) % max(1, len(groups)) == 0 else lower[1:]
    if not groups or len(below) % len(groups):
        return upper
    each = len(below) // len(groups)
    return [upper[0], *(f"{groups[i // each]}{name}" for i, name in enumerate(below))]


def read(grid: Grid, frames: Frames, source: Source, words: Lexicon) -> Iterator[Fact]:
    """Return the facts of a table. A figure without a unit is not read."""
    many = _unit_of_all(grid.over, words)
    unit_column = next((i for i, h in enumerate(grid.head) if UNIT_COLUMN.fullmatch(h)), -1)
    kinds, changes = _kinds(grid.head), _changes(grid.head)
    for cells in grid.rows:
        # a cell that spans several rows is missing in the later ones
        row = [Cell(cells[0].start, "")] * (len(grid.head) - len(cells)) + cells
        label = next((c for c in row if c.text and not c.number), None)
        if label is None or len(row) != len(grid.head):
            continue
        own = row[unit_column].text if unit_column >= 0 else _in_brackets(label.text, words)
        for i, kind in enumerate(kinds):
            if not row[i].number or row[i].start <= label.start or kind == "other":
                continue
            if kind == "change" and any(g == i and row[v].number for v, g in changes.items()):
                continue  # it is told with the figure that it is a change of
            percent = kind == "change" or row[i].text[-1] in "%％"
            unit = "%" if percent else own or _in_brackets(grid.head[i], words) or many
            change = row[changes[i]] if i in changes and row[changes[i]].number else None
            if _unit(unit, words) is not None and (kind != "change" or _of_last_year(grid.head[i])):
                yield _fact(grid, row[i], label, i, unit, change, frames, source, words)


def _kinds(head: list[str]) -> list[str]:
    """Return what stands in each column: values, changes against the year before, or something else."""
    return [
        "other" if OTHER.search(h) or UNIT_COLUMN.fullmatch(h) else "change" if GROWTH.search(h) else "value"
        for h in head
    ]


def _changes(head: list[str]) -> dict[int, int]:
    """Return for a column of values the column of its changes: those behind it, as many in their order."""
    found: dict[int, int] = {}
    values: list[int] = []
    behind: list[int] = []
    for i, kind in [*enumerate(_kinds(head)), (len(head), "value")]:
        if i == 0:
            continue
        if kind == "change":
            behind.append(i)
            continue
        if behind:
            found |= dict(zip(values[-len(behind) :], behind, strict=False))
            values, behind = [], []
        values += [i] if kind == "value" else []
    return {v: g for v, g in found.items() if _of_last_year(head[g])}


def _unit_of_all(over: str, words: Lexicon) -> str:
    """Return the unit told over a table; none where several are told."""
    told = CAPTION.findall(over)
    units = {u for u in re.split(r"[，,、；;/\s]+", told[-1]) if u not in ("%", "％", "")} if told else set()
    unit = units.pop() if len(units) == 1 else ""
    return unit if _unit(unit, words) else ""


def _in_brackets(text: str, words: Lexicon) -> str:
    for told in BRACKETS.findall(text):
        if _unit(told, words):
            return str(told)
    return ""


def _unit(told: str, words: Lexicon) -> tuple[str, Decimal, str] | None:
    """Return base unit, how many of it, and kind of a unit as written: 亿元 → 元, 10⁸, money."""
    told = told.strip().replace("％", "%")
    known = words.units.get(told)
    if known is not None:
        return known.base, Decimal(known.times or 1), known.kind
    found = SIZE.match(told)
    known = words.units.get(told[found.end() :]) if found else None
    if found is None or known is None:
        return None
    return known.base, Decimal(known.times or 1) * size(found[1]), known.kind


def _value(cell: Cell) -> Decimal:
    return Decimal(re.sub("[,，+%％]", "", cell.text).replace("−", "-").replace("–", "-"))


def _fact(
    grid: Grid, cell: Cell, label: Cell, i: int, told: str, change: Cell | None, frames: Frames, source: Source,
    words: Lexicon,
) -> Fact:  # fmt: skip
    base, times, kind = _unit(told, words) or ("", Decimal(1), "")
    value = plain(_value(cell) * times)
    head = grid.head[i]
    alone = GROWTH.search(head) is not None
    comparisons = [Comparison("yoy", value, why=head)] if alone else []
    if change is not None:
        comparisons = [Comparison("yoy", plain(_value(change)), why=f"column of changes beside {head!r}")]
    names, place_why = _place(label.text, frames, words)
    period, period_why = _period(head, grid.over, frames, source)
    name = _name(label.text, head, grid.over, kind, alone, bool(names) and place_why == "its row")
    theme, theme_why = naming.theme(name, name, grid.over, grid.over, words, frames.themes)
    last = change or cell
    end = last.start + len(last.text)
    planned = frames.plan
    return Fact(
        doc=source.doc, cls="M", theme=theme, indicator=name, jurisdictions=around.members(names, words), period=period,
        value=value, unit=base, qualifier="", comparisons=comparisons, status="planned" if planned else "actual",
        quote="", start=label.start, end=end, number=(cell.start, cell.start + len(cell.text)),
        why={
            "value": "a table", "unit": told, "indicator": f"row {label.text!r}", "jurisdictions": place_why,
            "period": period_why, "status": "a plan" if planned else "a table of figures", "theme": theme_why,
            "comparison": comparisons[0].why if comparisons else "none told",
        },
    )  # fmt: skip


def _of_last_year(head: str) -> bool:
    """Whether a column tells changes in % year on year."""
    return GROWTH.search(head) is not None and re.search("百分点|环比", head) is None


def _place(label: str, frames: Frames, words: Lexicon) -> tuple[tuple[str, ...], str]:
    bare = FRONT.sub("", BRACKETS.sub("", label)).strip()
    told = [p for p in places.seen(bare, words, frames.known) if p.names]
    if told and told[0].start == 0 and told[0].end == len(bare):
        return told[0].names, "its row"
    for scope in (frames.section, *frames.document):
        if scope.names:
            return scope.names, scope.why
    return (), "nothing told"


def _period(head: str, over: str, frames: Frames, source: Source) -> tuple[str, str]:
    for text, why in ((head, "head of the column"), (over, "over the table")):
        told = all_in(text, source.published, about=frames.about)
        if told:
            return told[-1].text, why
    for scope, why in (
        (frames.section_period, "heading"),
        (frames.lead, "the first lines of a report of figures"),
    ):
        if scope is not None:
            return scope.text, why
    if frames.about:
        return str(frames.about), "the year of the report"
    return as_of(source.published), "nothing told: as of publication"


def _name(label: str, head: str, over: str, kind: str, change: bool, of_place: bool) -> str:
    """Return what a cell tells of: its row, with what its column or the table measures where the row does not say."""
    row = FRONT.sub("", BRACKETS.sub("", label)).strip()
    column = GROWTH.split(BRACKETS.sub("", head).strip())[0].strip()
    column = "" if GENERAL.match(column) else column
    if of_place:
        flow = FLOW.findall(over)
        name = column or (f"{flow[-1]}额" if flow and kind == "money" else "")
    elif MEASURE.search(row):
        name = row
    else:
        name = f"{row}{column}" if column else f"{row}{_measured(over, kind)}"
    if change and not re.search("(?:增速|增幅|率|指数)$", name):
        name += "增幅"
    return name or row


def _measured(over: str, kind: str) -> str:
    flow = ["", *FLOW.findall(CAPTION.sub("", over))][-1]  # that told last stands nearest
    if kind == "money":
        return f"{flow}额" if flow not in ("", "产") else "金额"
    if kind in ("mass", "volume", "energy"):
        return f"{flow}量"
    return {"area": "面积", "length": "里程", "person": "人数", "count": "数"}.get(kind, "")

"""What the engine hands out: a fact with its place, and why each slot says what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

COLUMNS = (
    "doc", "cls", "theme", "indicator", "jurisdictions", "period", "value", "unit", "qualifier", "comparison_type",
    "comparison_value", "comparison_base", "status", "quote", "start", "end", "raw_start", "raw_end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a bulletin besides its text; `published` decides what 今年 means."""

    doc: str = ""
    title: str = ""
    publisher: str = ""
    published: date | None = None
    why: str = ""  # where the date of publication was found


@dataclass(slots=True)
class Comparison:
    """A comparison of a figure: yoy, vs_base, share_of_plan, share_of_total or rank; in %, or `from:N`."""

    kind: str
    value: str
    base: str = ""
    why: str = ""


@dataclass(slots=True)
class Mention:
    """A number in a sentence: where it stands in the text, what it says, what it was found to be."""

    start: int
    end: int
    value: str
    unit: str
    kind: str
    clause: tuple[int, int]
    role: str = "main"
    qualifiers: list[str] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    why: dict[str, str] = field(default_factory=dict)
    turn: tuple[int, int] = (0, 1)  # which of how many in a list: 分别增长12%、15%


@dataclass(slots=True)
class Fact:
    """One reading from a bulletin; `start`, `end` in the repaired text, `raw_*` in the raw text (code points)."""

    doc: str
    cls: str
    theme: str
    indicator: str
    jurisdictions: tuple[str, ...]
    period: str
    value: str
    unit: str
    qualifier: str
    comparisons: list[Comparison]
    status: str
    quote: str
    start: int
    end: int
    number: tuple[int, int]
    raw_start: int = -1
    raw_end: int = -1
    doubt: str = ""
    why: dict[str, str] = field(default_factory=dict)

    def row(self) -> dict[str, str]:
        """Return the columns of a table of facts, as text."""
        return {
            "doc": self.doc,
            "cls": self.cls,
            "theme": self.theme,
            "indicator": self.indicator,
            "jurisdictions": ";".join(self.jurisdictions),
            "period": self.period,
            "value": self.value,
            "unit": self.unit,
            "qualifier": self.qualifier,
            "comparison_type": ";".join(c.kind for c in self.comparisons) or "none",
            "comparison_value": ";".join(c.value for c in self.comparisons),
            "comparison_base": ";".join(c.base for c in self.comparisons if c.base),
            "status": self.status,
            "quote": self.quote,
            "start": str(self.start),
            "end": str(self.end),
            "raw_start": str(self.raw_start),
            "raw_end": str(self.raw_end),
        }

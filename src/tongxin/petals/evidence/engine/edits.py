"""Edits that can be undone, and the map of places between a text before and after them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Edit:
    """`old` at `start` (code points before the step) became `new`; `rule` says why, `sure` how surely (0 to 1)."""

    start: int
    old: str
    new: str
    rule: str
    sure: float = 1.0
    note: str = ""

    @property
    def end(self) -> int:
        """Where the replaced part ends, before the step."""
        return self.start + len(self.old)


@dataclass(slots=True)
class Step:
    """One pass over a text: its edits in order, none touching another's inside, and the sums that maps need."""

    edits: tuple[Edit, ...]
    _before: list[int] = field(default_factory=list, repr=False)
    _after: list[int] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Lay the starts of every edit side by side, before and after."""
        shift = 0
        last = 0
        for edit in self.edits:
            if edit.start < last:
                raise ValueError(f"edits overlap at {edit.start}: {edit.rule}")
            self._before.append(edit.start)
            self._after.append(edit.start + shift)
            shift += len(edit.new) - len(edit.old)
            last = edit.end

    def apply(self, text: str) -> str:
        """Return the text after the step. Raises ValueError where `old` is not what stands there."""
        parts: list[str] = []
        at = 0
        for edit in self.edits:
            if text[edit.start : edit.end] != edit.old:
                raise ValueError(f"at {edit.start} the text has not what {edit.rule} replaces")
            parts += (text[at : edit.start], edit.new)
            at = edit.end
        parts.append(text[at:])
        return "".join(parts)

    def undo(self, text: str) -> str:
        """Return the text before the step. Raises ValueError where `new` is not what stands there."""
        parts: list[str] = []
        at = 0
        for edit, start in zip(self.edits, self._after, strict=True):
            if text[start : start + len(edit.new)] != edit.new:
                raise ValueError(f"at {start} the text has not what {edit.rule} wrote")
            parts += (text[at:start], edit.old)
            at = start + len(edit.new)
        parts.append(text[at:])
        return "".join(parts)

    def _move(self, place: int, starts: Sequence[int], others: Sequence[int], back: bool, end: bool) -> int:
        i = bisect_right(starts, place - 1 if end else place) - 1
        if i < 0:
            return place
        edit = self.edits[i]
        here, there = (edit.new, edit.old) if back else (edit.old, edit.new)
        inside = place - starts[i]
        if inside >= len(here):
            return others[i] + len(there) + inside - len(here)
        if len(here) == len(there):
            return others[i] + inside
        return others[i] + (len(there) if end else 0)

    def forward(self, place: int, *, end: bool = False) -> int:
        """Return where a place before the step stands after it; of an edited part its start, or with `end` its end."""
        return self._move(place, self._before, self._after, False, end)

    def backward(self, place: int, *, end: bool = False) -> int:
        """Return where a place after the step stood before it."""
        return self._move(place, self._after, self._before, True, end)


@dataclass(slots=True)
class Chain:
    """Steps one after another over a raw text."""

    steps: list[Step] = field(default_factory=list)

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the raw text (code points) from which a span of the repaired text came."""
        for step in reversed(self.steps):
            start, end = step.backward(start), step.backward(end, end=True)
        return start, max(start, end)

    def from_raw(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the repaired text that came from a span of the raw text."""
        for step in self.steps:
            start, end = step.forward(start), step.forward(end, end=True)
        return start, max(start, end)

    def undo(self, text: str) -> str:
        """Return the raw text of a repaired one, character for character."""
        for step in reversed(self.steps):
            text = step.undo(text)
        return text

    def in_raw(self) -> list[tuple[Edit, int, int]]:
        """Return every edit with the span of the raw text that it touched, in the order of the steps."""
        found: list[tuple[Edit, int, int]] = []
        for i, step in enumerate(self.steps):
            before = Chain(self.steps[:i])
            found += [(edit, *before.to_raw(edit.start, edit.end)) for edit in step.edits]
        return found


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits in order, without those that do nothing; where two overlap the earlier and longer stands."""
    kept: list[Edit] = []
    for edit in sorted((e for e in edits if e.old != e.new), key=lambda e: (e.start, -len(e.old))):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)

"""A fact with who told it, and how many told it independently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tongxin.petals.evidence.engine.facts import Fact, Source


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with who told it."""

    fact: Fact
    source: Source
    origin: int  # bulletins that copy one another have one origin

    @property
    def bulletin(self) -> tuple[Source, int]:
        """Which bulletin told it, also where files of several folders have one name."""
        return self.source, self.origin


def order(told: Told) -> tuple[object, ...]:
    """Return where a fact stands among all: by publication, bulletin and place, whatever the order of the files."""
    fact, source = told.fact, told.source
    day = source.published or date.max
    return (
        day,
        fact.doc,
        source.doc,
        source.publisher,
        source.title,
        fact.start,
        fact.end,
        fact.value,
        fact.indicator,
        fact.unit,
        fact.jurisdictions,
        fact.period,
        fact.status,
    )


def witnesses(facts: Iterable[Told]) -> int:
    """Return how many publishers tell something: copies of one bulletin are one, and so is what one publisher repeats.

    A publisher whose name begins with another's (示例日报, 示例日报客户端) is the same one; one without a name counts
    by its bulletin.
    """
    facts = list(facts)
    names = sorted({t.source.publisher for t in facts if t.source.publisher}, key=lambda n: (len(n), n))
    parent: dict[object, object] = {}

    def root(x: object) -> object:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for t in facts:
        name = t.source.publisher
        if name:
            short = next(n for n in names if n == name or (len(n) > 2 and name.startswith(n)))
            parent[root(("origin", t.origin))] = root(("publisher", short))
    return len({root(("origin", t.origin)) for t in facts})

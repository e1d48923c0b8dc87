"""What changed between two versions of an instrument, clause by clause and key by key. Pure.

`diff(old, new)` compares the clauses, `header(old, new)` what stands around them; both name keys as the file writes
them (`due.within`) and give values as the file would. A key that is not written counts with its default, so that
writing a default out is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tongxin.heart.agreements.language import InstrumentFile, Strict

Value = Any  # what YAML can hold: text, number, list …
NOTHING: Value = None  # where a key does not stand on one side


@dataclass(frozen=True)
class KeyChange:
    """A key whose value differs: `due.within`, old and new; None where it does not stand."""

    key: str
    old: Value
    new: Value


@dataclass(frozen=True)
class ClauseChange:
    """What became of one clause; a clause whose kind changed is one removed and one added."""

    id: str
    kind: str
    what: Literal["added", "removed", "changed", "unchanged"]
    keys: tuple[KeyChange, ...] = ()  # of a changed one: those that differ; of the others: none
    old_place: int = 0  # its number in each file, from 1; 0: it does not stand there
    new_place: int = 0


def diff(old: InstrumentFile, new: InstrumentFile) -> list[ClauseChange]:
    """Return what became of every clause: in the order of the new file, each removed one where it stood."""
    before = {clause.id: (n, clause) for n, clause in enumerate(old.clauses, 1)}
    after = {clause.id: (n, clause) for n, clause in enumerate(new.clauses, 1)}
    found: list[ClauseChange] = []
    for name, (place, clause) in after.items():
        there = before.get(name)
        if there is None or there[1].kind != clause.kind:
            found.append(ClauseChange(name, clause.kind, "added", new_place=place))
            continue
        keys = tuple(changes(written(there[1]), written(clause)))
        what: Literal["changed", "unchanged"] = "changed" if keys else "unchanged"
        found.append(ClauseChange(name, clause.kind, what, keys, there[0], place))
    for name, (place, clause) in before.items():
        if name not in after or after[name][1].kind != clause.kind:
            gone = ClauseChange(name, clause.kind, "removed", old_place=place)
            at = next((i for i, c in enumerate(found) if (c.old_place or 0) > place), len(found))
            found.insert(at, gone)
    return found


def header(old: InstrumentFile, new: InstrumentFile) -> list[KeyChange]:
    """Return what changed around the clauses: title, parties, in_force, provenance, leaving, bars …"""
    return list(changes(_around(old), _around(new)))


def _around(model: InstrumentFile) -> dict[str, Value]:
    body = written(model)
    body.pop("clauses", None)
    body["bars"] = {bar["id"]: {k: v for k, v in bar.items() if k != "id"} for bar in body.get("bars", ())}
    return body


def same(old: InstrumentFile, new: InstrumentFile) -> bool:
    """Whether two files say the same, their version numbers aside."""
    return all(c.what == "unchanged" for c in diff(old, new)) and all(
        change.key == "version" for change in header(old, new)
    )


def written(model: Strict) -> dict[str, Value]:
    """Return a model as its file would be written, defaults filled in, what is empty left out."""
    body: dict[str, Value] = model.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in body.items() if value not in (None, [], {}, "")}


def changes(old: Mapping[str, Value], new: Mapping[str, Value], above: str = "") -> Iterator[KeyChange]:
    """Yield the keys whose values differ, innermost ones, in the order of the new side, removed ones last."""
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key, NOTHING), new.get(key, NOTHING)
        name = f"{above}{key}"
        if was == now:
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from changes(was, now, f"{name}.")
        else:
            yield KeyChange(name, was, now)


def shown(value: Value) -> str:
    """Return a value as one line of YAML; an empty text where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items() if inner is not None)
            + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(shown(inner) for inner in value) + "]"
    return str(value)

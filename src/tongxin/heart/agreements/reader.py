"""Reads an instrument file: text to model, every fault with file, line, reason and the nearest known word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tongxin.heart.agreements.language import InstrumentFile
from tongxin.shared import canonical
from tongxin.shared.petals import FIELDS

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file."""

    file: str
    line: int
    reason: str
    nearest: str = ""

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.file}:{self.line}: {self.reason}{hint}"


class BadInstrument(Exception):
    """The file cannot be read as an instrument; `faults` says everything that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(f) for f in faults))
        self.faults = list(faults)


@dataclass(frozen=True)
class Known:
    """The words that instruments may name; unknown ones are faults."""

    events: frozenset[str]
    conditions: frozenset[str]
    questions: frozenset[str]
    roles: frozenset[str]
    parties: frozenset[str]
    procedures: frozenset[str]
    fields: frozenset[str]


@dataclass(frozen=True)
class ReadInstrument:
    """A file that was read: its model, its text, its hash, and the lines of each clause."""

    file: str
    text: str
    model: InstrumentFile
    canonical_hash: str
    lines: dict[str, tuple[int, int]]


def read_file(path: Path, known: Known) -> ReadInstrument:
    """Read one file; raises BadInstrument."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInstrument([Fault(path.name, 1, f"the file cannot be read: {error}")]) from error
    return read_text(text, path.name, known)


def read_text(text: str, file: str, known: Known) -> ReadInstrument:
    """Read the text of one instrument; raises BadInstrument."""
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadInstrument([Fault(file, line, str(error.problem or error.context or error))]) from error
    except (YAMLError, ValueError) as error:
        raise BadInstrument([Fault(file, _line_of_bad_day(text), str(error).splitlines()[0])]) from error
    except RecursionError as error:
        raise BadInstrument([Fault(file, 1, "the file is nested too deeply")]) from error
    if not isinstance(tree, CommentedMap):
        raise BadInstrument([Fault(file, 1, "an instrument is a mapping that begins with `agreement:`")])
    plain = _plain(tree)
    try:
        model = InstrumentFile.model_validate(plain)
    except ValidationError as error:
        raise BadInstrument(_faults(file, tree, [dict(e) for e in error.errors()])) from error
    wrong = _unknown(model, known) + [(where, reason, "") for where, reason in _senseless(model)]
    faults = sorted(
        (Fault(file, _line(tree, w), reason, near) for w, reason, near in wrong), key=lambda f: f.line
    )
    if faults:
        raise BadInstrument(faults)
    hashed = canonical.sha256_hex(model.model_dump(mode="json", by_alias=True))
    return ReadInstrument(file, text, model, hashed, _clause_lines(tree, text))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or an empty text when none is near."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(v) for v in node]
    return node


def _line(tree: Any, where: Sequence[int | str]) -> int:
    """Return the line of a place in the tree, or of its nearest parent that has one."""
    line, node = 1, tree
    for step in where:
        try:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int):
                line = node.lc.item(step)[0] + 1
            else:
                return line
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return line
    return line


def _line_of_bad_day(text: str) -> int:
    """Return the line of the first day that no calendar has; the YAML reader does not say where it was."""
    for number, line in enumerate(text.splitlines(), start=1):
        for found in _DAY.findall(line):
            try:
                date.fromisoformat(found)
            except ValueError:
                return number
    return 1


def _faults(file: str, tree: CommentedMap, errors: list[dict[str, Any]]) -> list[Fault]:
    """Return the faults by line; a list that only seems too short because its members are faulty is left out."""
    deeper = {e["loc"][:n] for e in errors for n in range(1, len(e["loc"]))}
    kept = [e for e in errors if e["type"] != "too_short" or e["loc"] not in deeper]
    return sorted((_fault(file, tree, e) for e in kept), key=lambda f: f.line)


def _fault(file: str, tree: CommentedMap, error: dict[str, Any]) -> Fault:
    where = [step for step in error["loc"] if step not in {"notify", "handle"}]
    name = str(where[-1]) if where else ""
    kind = error["type"]
    line = _line(tree, where)
    if kind == "extra_forbidden":
        return Fault(file, line, f"unknown key {name!r}", nearest(name, _keys_beside(where)))
    if kind == "too_short":
        return Fault(file, line, f"{name}: at least one is needed")
    if kind == "missing":
        return Fault(file, line, f"the key {name!r} is missing")
    if kind == "union_tag_invalid":
        return Fault(file, line, "this version reads clauses of the kinds notify and handle only")
    if kind == "union_tag_not_found":
        return Fault(file, line, "a clause needs a `kind:`")
    if kind == "literal_error":
        wrong = str(error["input"])
        words = [w.strip(" '") for w in str(error["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Fault(file, line, f"{wrong!r} is not one of {', '.join(words)}", nearest(wrong, words))
    return Fault(file, line, f"{name}: {error['msg'].removeprefix('Value error, ')}")


def _keys_beside(where: Sequence[Any]) -> list[str]:
    from tongxin.heart.agreements import language

    models = [m for m in vars(language).values() if isinstance(m, type) and issubclass(m, language.Strict)]
    keys = {f.alias or n for m in models for n, f in m.model_fields.items()}
    return sorted(keys)


def _unknown(model: InstrumentFile, known: Known) -> list[tuple[tuple[int | str, ...], str, str]]:
    """Return (place, reason, nearest) for every name that nothing registered."""
    wrong: list[tuple[tuple[int | str, ...], str, str]] = []

    def want(where: tuple[int | str, ...], what: str, word: str, words: Iterable[str]) -> None:
        if word not in words:
            wrong.append((where, f"unknown {what} {word!r}", nearest(word, words)))

    want(("field",), "field", model.field, FIELDS)
    for i, party in enumerate(model.parties):
        want(("parties", i), "party", party, known.parties)
    seen: set[str] = set()
    for i, clause in enumerate(model.clauses):
        at: tuple[int | str, ...] = ("clauses", i)
        if clause.id in seen:
            wrong.append(((*at, "id"), f"clause id {clause.id!r} stands twice", ""))
        seen.add(clause.id)
        if clause.kind == "notify":
            want((*at, "when", "event"), "event", clause.when.event, known.events)
            if clause.when.reach:
                want((*at, "when", "reach"), "condition", clause.when.reach, known.conditions)
            want((*at, "from", "role"), "role", clause.sender.role, known.roles)
            want((*at, "from", "of"), "place", clause.sender.of, {"place"})
            want((*at, "to", "role"), "role", clause.to.role, known.roles)
            want((*at, "to", "of"), "question", clause.to.of, known.questions)
            for n, field in enumerate(clause.must_carry):
                want((*at, "must_carry", n), "field", field, known.fields)
        else:
            want((*at, "role"), "role", clause.role, known.roles)
            for n, procedure in enumerate(clause.procedures):
                want((*at, "procedures", n), "procedure", procedure, known.procedures)
    return wrong


def _senseless(model: InstrumentFile) -> list[tuple[tuple[int | str, ...], str]]:
    """Return (place, reason) for what can be read but would never do what it says."""
    wrong: list[tuple[tuple[int | str, ...], str]] = []
    valid = model.in_force
    if valid.until and valid.until <= valid.from_:
        wrong.append((("in_force", "until"), "the last day lies before the first"))
    for i, party in enumerate(model.parties):
        if party in model.parties[:i]:
            wrong.append((("parties", i), f"party {party!r} stands twice"))
    if model.kind == "agreement" and len(model.parties) < 2 and model.parties:
        wrong.append((("parties",), "an agreement has two parties or more"))
    for i, clause in enumerate(model.clauses):
        name, due = ("due", clause.due) if clause.kind == "notify" else ("answer", clause.answer)
        at: tuple[int | str, ...] = ("clauses", i, name)
        if due.clock == "days" and due.within % timedelta(days=1):
            wrong.append(((*at, "within"), "working days are whole days: write for example P5D"))
        if due.clock == "hours" and due.within >= timedelta(days=1):
            wrong.append(((*at, "within"), "working hours are written in hours: write for example PT8H"))
        if clause.kind == "notify" and due.starts == "delivered":
            wrong.append(
                ((*at, "starts"), "nothing is delivered before a notice: write occurred, known or recorded")
            )
        if clause.kind == "handle" and due.starts != "delivered":
            wrong.append(((*at, "starts"), "an answer is counted from delivery: write `starts: delivered`"))
    return wrong


def _clause_lines(tree: CommentedMap, text: str) -> dict[str, tuple[int, int]]:
    """Return the first and last line of each clause, counted from 1."""
    clauses = tree["clauses"]
    starts = [clauses.lc.item(i)[0] + 1 for i in range(len(clauses))]
    last = len(text.rstrip().splitlines())
    ends = [*(s - 1 for s in starts[1:]), last]
    return {str(c["id"]): (s, e) for c, s, e in zip(clauses, starts, ends, strict=True)}

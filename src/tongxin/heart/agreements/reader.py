"""Reads an instrument file: text to model, every fault with file, line, reason and the nearest known word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from tongxin.heart.agreements import check_limits, check_rest, check_sense, check_words, limits
from tongxin.heart.agreements.known import Known, Standing
from tongxin.heart.agreements.language import FROM_A_FILE, InstrumentFile, canonical_body
from tongxin.shared import canonical, reading
from tongxin.shared.reading import Fault, Source, Unreadable, nearest

__all__ = [
    "BadInstrument",
    "Fault",
    "Known",
    "ReadInstrument",
    "nearest",
    "read_each",
    "read_file",
    "read_files",
    "read_form",
    "read_text",
]


class BadInstrument(Unreadable):
    """The file cannot be read as an instrument; `faults` says everything that is wrong, by file and line."""

    def looked_on(self, known: Known) -> BadInstrument:
        """Return it with what else is wrong with a file whose form is: faults come in one round."""
        rest = self._rest()
        if self.source is None or rest is None:
            return self
        more = self.source.told(check_rest.further(self.source, rest, known))
        return BadInstrument(
            [*self.faults, *(fault for fault in more if fault not in self.faults)], self.source
        )

    def standing(self) -> dict[str, Standing]:
        """Return the clauses by key that others may name all the same."""
        rest = self._rest()
        return dict(rest.standing(self.source)) if self.source is not None and rest is not None else {}

    def _rest(self) -> check_rest.Rest | None:
        return check_rest.rest_of(self.source) if self.source is not None else None


@dataclass(frozen=True)
class ReadInstrument:
    """A file that was read: its model, its text, its hash, and the lines of each clause."""

    file: str
    text: str
    model: InstrumentFile
    canonical_hash: str
    lines: dict[str, tuple[int, int]]
    source: Source = field(repr=False, compare=False)

    def standing(self) -> dict[str, Standing]:
        """Return its clauses by key, as others may yield to them."""
        name, parties = self.model.agreement, self.model.parties
        return {
            f"{name}/{clause.id}": Standing(
                f"{name}/{clause.id}", parties, clause, self.file, self.lines[clause.id][0]
            )
            for clause in self.model.clauses
        }


def read_file(path: Path, known: Known) -> ReadInstrument:
    """Read one file; raises BadInstrument."""
    return _read(partial(reading.read_path, path), known)


def read_text(text: str, file: str, known: Known) -> ReadInstrument:
    """Read the text of one instrument; raises BadInstrument."""
    return _read(partial(reading.read_text, text, file), known)


def read_files(paths: Sequence[Path], known: Known) -> list[ReadInstrument]:
    """Read files that belong together: one may yield to a clause of another. Raises BadInstrument with all faults."""
    found, faults = read_each(paths, known)
    if faults:
        raise BadInstrument(faults)
    return found


def read_each(paths: Sequence[Path], known: Known) -> tuple[list[ReadInstrument], list[Fault]]:
    """Read files that belong together; return those that are sound, and the faults of the others by file and line."""
    parsed: list[_Parsed] = []
    broken: list[BadInstrument] = []
    beside: dict[str, Standing] = {}
    for path in paths:
        try:
            parsed.append(_parsed(partial(reading.read_path, path)))
            beside |= parsed[-1].standing()
        except BadInstrument as bad:
            broken.append(bad)
            beside |= bad.standing()
    together = replace(known, register={**known.register, **beside})
    twice = list(_twice(parsed))
    faults = [*twice, *(fault for bad in broken for fault in bad.looked_on(together).faults)]
    found: list[ReadInstrument] = []
    for each in parsed:
        try:
            found.append(_checked(each, together))
        except BadInstrument as bad:
            faults += bad.faults
    unsound = {fault.file for fault in twice}
    return [read for read in found if read.file not in unsound], sorted(faults)


def read_form(text: str, file: str) -> InstrumentFile:
    """Read a text whose words need not be known here, such as an old version's; raises BadInstrument for its form."""
    return _parsed(partial(reading.read_text, text, file)).model


@dataclass(frozen=True)
class _Parsed:
    """A file whose form is right; its words are not looked at yet."""

    source: Source
    model: InstrumentFile

    def standing(self) -> Iterator[tuple[str, Standing]]:
        for i, clause in enumerate(self.model.clauses):
            key, line = f"{self.model.agreement}/{clause.id}", self.source.line(("clauses", i))
            yield key, Standing(key, self.model.parties, clause, self.source.file, line)


def _read(begin: Callable[[], Source], known: Known) -> ReadInstrument:
    try:
        parsed = _parsed(begin)
    except BadInstrument as bad:
        raise bad.looked_on(known) from bad
    return _checked(parsed, known)


def _parsed(begin: Callable[[], Source]) -> _Parsed:
    """Return a file whose form is right; raises BadInstrument with every fault of its form."""
    try:
        source, faults = begin(), list[Fault]()
    except Unreadable as error:
        if error.source is None:
            raise BadInstrument(error.faults) from error
        source, faults = error.source, error.faults
    if not isinstance(source.content, dict):
        reason = _("an instrument is a mapping that begins with `agreement:`")
        raise BadInstrument([*faults, Fault(source.file, 1, reason)])
    if len(source.file) > limits.FILE:
        said = {"count": len(source.file), "most": limits.FILE}
        reason = _("the name of the file has %(count)d characters; at most %(most)d") % said
        raise BadInstrument([Fault(source.file, 0, reason)])
    try:
        model = InstrumentFile.model_validate(source.content, context=FROM_A_FILE)
    except ValidationError as error:
        raise BadInstrument([*faults, *source.fail(error, InstrumentFile)], source) from error
    if faults:
        raise BadInstrument(faults, source)
    return _Parsed(source, model)


def _checked(parsed: _Parsed, known: Known) -> ReadInstrument:
    source, model = parsed.source, parsed.model
    others = {k: s for k, s in known.register.items() if k.partition("/")[0] != model.agreement}
    around = replace(known, register={**others, **dict(parsed.standing())})
    wrong = chain(
        check_limits.beyond(model),
        check_words.unknown(model, around),
        check_sense.senseless(model, around),
    )
    faults = source.told(wrong)
    if faults:
        raise BadInstrument(faults)
    lines = {clause.id: source.span(("clauses", i)) for i, clause in enumerate(model.clauses)}
    return ReadInstrument(
        source.file, source.text, model, canonical.sha256_hex(canonical_body(model)), lines, source
    )


def _twice(parsed: Iterable[_Parsed]) -> Iterator[Fault]:
    """Yield a fault for each version that stands in two files."""
    first: dict[str, str] = {}
    for each in parsed:
        version = f"{each.model.agreement}@{each.model.version}"
        if version in first:
            words = {"version": version, "file": first[version]}
            yield each.source.fault(("agreement",), _("%(version)s stands in %(file)s already") % words)
        first.setdefault(version, each.source.file)

"""Reads YAML that people write: plain values, the line of every part, and faults that name file, line and reason.

One document a file, UTF-8. What a file for a machine does not need is refused: anchors, aliases, tags, merge keys.
So nothing that is read is larger than what was written.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, get_args, get_origin

from django.utils.translation import gettext as _
from pydantic import BaseModel, Discriminator, Tag, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from tongxin.shared import yaml_faults

MAX_BYTES = 512 * 1024
MAX_PARTS = 50_000
MAX_DEPTH = 40
MAX_FAULTS = 200  # that are told of one file; whoever mends these reads the file again
LIKE = 0.5  # how like a word must be to be offered instead
MANY = 300  # known words among which only those with the same first letter are compared
LONG = 100  # characters; nobody misspells a word that long

Loc = Sequence[int | str]

_ODD_BREAK = re.compile("[\x85\u2028\u2029]")  # YAML takes them for ends of lines; editors do not
_UNSEEN = re.compile(  # signs of control and of format: what people read would not be what was written
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a file; `line` counts from 1, 0 is the file as a whole."""

    file: str
    line: int
    reason: str
    nearest: str = ""

    def __str__(self) -> str:
        hint = _("; did you mean %(word)r?") % {"word": self.nearest} if self.nearest else ""
        return f"{self.file}:{self.line}: {self.reason}{hint}"


class Unreadable(Exception):
    """A file that cannot be read; `faults` says everything that is wrong, by line.

    `source` is what could be read of it all the same, so that one who looks on finds more; None: nothing.
    """

    def __init__(self, faults: Iterable[Fault], source: Source | None = None) -> None:
        self.faults = sorted(faults, key=lambda f: (f.file, f.line))
        self.source = source
        super().__init__("\n".join(str(f) for f in self.faults))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or an empty text when none is like it.

    >>> nearest("ecology_buro", ["ecology_bureau", "weather_bureau"])
    'ecology_bureau'
    """
    if not word or len(word) > LONG:
        return ""
    among = sorted(known)
    if len(among) > MANY:
        among = [each for each in among if each[:1] == word[:1]]
    found = difflib.get_close_matches(word, among, n=1, cutoff=LIKE)
    return found[0] if found else ""


@dataclass
class Part:
    """A value in a file, where it stands, and its own parts: by key, or by index."""

    value: Any
    line: int
    end: int
    parts: dict[str | int, Part] = field(default_factory=dict)
    key_line: int = 0  # of the key it belongs to; 0: it belongs to none

    @property
    def first(self) -> int:
        """The line on which the part begins, its key included."""
        return self.key_line or self.line


@dataclass(frozen=True)
class Source:
    """A file that was read: its text, its plain content, and where each part of it stands."""

    file: str
    content: Any
    text: str = ""
    top: Part | None = None
    rows: tuple[int, ...] = ()  # of a table: the line of each row

    def line(self, loc: Loc) -> int:
        """Return the line of the part at `loc` (keys and indices from the top), or of the nearest part above it.

        Steps that are nowhere in the file are passed over, such as the names of a union's members.
        """
        if self.rows:
            return self.rows[loc[0]] if loc and isinstance(loc[0], int) else 1
        part, line = self.top, 1
        for step in loc:
            below = part.parts.get(step) if part else None
            if below is not None:
                part, line = below, below.first
        return line

    def span(self, loc: Loc) -> tuple[int, int]:
        """Return the first and the last line of the part at `loc`; remarks and blank lines after it are not its own."""
        part = self.top
        for step in loc:
            part = part.parts[step] if part else None
        return (part.first, part.end) if part else (1, 1)

    def keys(self, loc: Loc) -> list[str | int]:
        """Return the keys that are written in the part at `loc`; none where there is no such part."""
        part = self.top
        for step in loc:
            part = part.parts.get(step) if part else None
        return list(part.parts) if part else []

    def fault(self, loc: Loc, reason: str, hint: str = "") -> Fault:
        """Return a fault of the part at `loc`."""
        return Fault(self.file, self.line(loc), reason, hint)

    def told(self, wrong: Iterable[tuple[Loc, str, str]]) -> list[Fault]:
        """Return the faults of what is wrong (place, reason, nearest word); after `MAX_FAULTS` it is not asked on."""
        return capped(self, (self.fault(*each) for each in wrong))

    def fail(self, error: ValidationError, shape: Any) -> list[Fault]:
        """Return the faults that a pydantic shape found in the content, by line; each place is named once."""
        return _faults(self, error, shape)


def capped(source: Source, faults: Iterable[Fault]) -> list[Fault]:
    """Return the first `MAX_FAULTS` faults of a file, and one more that says so when there are others."""
    found = list(islice(faults, MAX_FAULTS + 1))
    if len(found) <= MAX_FAULTS:
        return found
    last = source.top.end if source.top else 1
    more = Fault(source.file, last, _("there is more: only %d faults are told at once") % MAX_FAULTS)
    return [*found[:MAX_FAULTS], more]


def read_path(path: Path, *, name: str = "") -> Source:
    """Read a YAML file; raises Unreadable."""
    file = name or path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable([_too_long(file, size)])
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Unreadable([Fault(file, 0, _("the file is missing"))]) from error
    except OSError as error:
        raise Unreadable([Fault(file, 0, _("the file cannot be read: %s") % error.strerror)]) from error
    return read_text(decoded(data, file), file)


def decoded(data: bytes, file: str) -> str:
    """Return the text of a file in UTF-8; raises Unreadable naming the line of the first byte that is none."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable([Fault(file, line, _("the file is not UTF-8"))]) from error


def read_text(text: str, file: str) -> Source:
    """Read the text of a YAML file; an empty one has the content None. Raises Unreadable.

    A byte order mark is dropped and every line ends with a line feed, in the text that is kept as well.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise Unreadable([_too_long(file, size)])
    odd = _ODD_BREAK.search(text) or _UNSEEN.search(text)
    if odd:
        raise Unreadable([_bad_sign(file, text, odd.start())])
    composer = _Composer(file, text.split("\n"))
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            composer.take(event)
    except MarkedYAMLError as error:
        line, reason = yaml_faults.broken(error, composer.lines)
        raise Unreadable([*composer.faults, Fault(file, line, reason)]) from error
    except ReaderError as error:
        raise Unreadable([_bad_sign(file, text, error.position)]) from error
    except (YAMLError, ValueError) as error:
        raise Unreadable([Fault(file, 1, _("this is no YAML that can be read"))]) from error
    top = composer.top
    source = Source(file, top.value if top else None, text, top)
    if composer.faults:
        raise Unreadable(composer.faults, source)
    return source


def _too_long(file: str, size: int) -> Fault:
    words = {"size": size // 1024 + 1, "most": MAX_BYTES // 1024}
    return Fault(file, 0, _("the file has %(size)d KiB; at most %(most)d are read") % words)


def _bad_sign(file: str, text: str, at: int) -> Fault:
    code = f"U+{ord(text[at]):04X}"
    return Fault(
        file, text.count("\n", 0, at) + 1, _("the sign %(code)s may not stand in a file") % {"code": code}
    )


@dataclass
class _Composer:
    """Makes parts of the events of a parser, without recursion, and stops at what is not allowed."""

    file: str
    lines: list[str]
    top: Part | None = None
    faults: list[Fault] = field(default_factory=list)
    _open: list[Part] = field(default_factory=list)
    _keys: list[ScalarEvent | None] = field(
        default_factory=list
    )  # beside _open: the key that waits for its value
    _count: int = 0
    _documents: int = 0

    def take(self, event: Any) -> None:
        """Take one event; raises Unreadable at what cannot be read on."""
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(event, _("a second document begins here; one file holds one"))
        elif isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._stop(event, _("anchors and aliases (& and *) are not read: write it out"))
        elif getattr(event, "tag", None) not in {None, "!"}:
            self._stop(event, _("tags (!…) are not read"))
        elif isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._begin(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._end(event)

    def _stop(self, event: Any, reason: str) -> None:
        raise Unreadable([*self.faults, Fault(self.file, event.start_mark.line + 1, reason)])

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._keys[-1] is None

    def _scalar(self, event: ScalarEvent) -> None:
        unseen = _UNSEEN.search(event.value)
        if unseen:
            code = {"code": f"U+{ord(unseen[0]):04X}"}
            self._stop(event, _("the sign %(code)s may not stand in a file") % code)
        if self._wants_key():
            self._keys[-1] = event
            return
        line = event.start_mark.line + 1
        if isinstance(event.value, str) and not event.value and not event.style and self._open:
            key = self._keys[-1]  # an empty value stands on its key's line
            line = key.start_mark.line + 1 if key else min(line, len(self.lines))
            self._add(event, Part(None, line, line))
            return
        end = event.end_mark.line + (1 if event.end_mark.column else 0)
        while end > line and not self.lines[end - 1].strip():
            end -= 1  # a block of text ends with its last line that is not blank
        self._add(event, Part(self._value(event), line, max(line, end)))

    def _value(self, event: ScalarEvent) -> Any:
        text: str = event.value
        if event.style or event.tag == "!":
            return text
        if text in _NOTHING:
            return None
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            if len(text) > 30:
                self._stop(event, _("a number of %d digits is not read") % len(text))
            return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
        number = float(text) if _FLOAT.fullmatch(text) else math.nan
        return number if math.isfinite(number) else text

    def _begin(self, event: Any) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._stop(event, _("this is nested more than %d deep") % MAX_DEPTH)
        if self._wants_key():
            self._stop(event, _("a key is one word, not a list or a mapping"))
        line = event.start_mark.line + 1
        part = Part({} if isinstance(event, MappingStartEvent) else [], line, line)
        self._add(event, part)
        self._open.append(part)
        self._keys.append(None)

    def _end(self, event: Any) -> None:
        part = self._open.pop()
        self._keys.pop()
        last = next(reversed(part.parts.values()), None)
        closed = event.end_mark.line + 1 if self._flows(event) else part.line
        part.end = max(part.line, closed, last.end if last else 0)

    def _flows(self, event: Any) -> bool:
        """Whether a bracket ends the part: its end mark lies behind the sign, on the same line."""
        same_line: bool = event.end_mark.line == event.start_mark.line
        return same_line and bool(event.end_mark.column > event.start_mark.column)

    def _add(self, event: Any, part: Part) -> None:
        self._count += 1
        if self._count > MAX_PARTS:
            self._stop(event, _("the file has more than %d parts") % MAX_PARTS)
        if not self._open:
            self.top = part
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.parts[len(parent.value)] = part
            parent.value.append(part.value)
            return
        key_event = self._keys[-1]
        assert key_event is not None, "a mapping's value comes after its key"
        self._keys[-1] = None
        key: str = key_event.value
        part.key_line = key_event.start_mark.line + 1
        if key in parent.parts:
            words = {"key": key, "line": parent.parts[key].first}
            reason = _("the key %(key)r stands twice, first in line %(line)d") % words
            self.faults.append(Fault(self.file, part.key_line, reason))
            if len(self.faults) >= MAX_FAULTS:
                raise Unreadable(self.faults)
            return
        parent.parts[key] = part
        parent.value[key] = part.value


# --- what a pydantic shape has to say, in words


def keys_at(shape: Any, loc: Loc) -> set[str]:
    """Return the keys that may stand in the model at `loc` of a shape; a union's member is chosen by its tag."""
    return {
        info.alias or name
        for each in _walked(shape, loc)[0]
        for model, _tags in _models_in(each)
        for name, info in model.model_fields.items()
    }


def written_at(loc: Loc, shape: Any) -> tuple[int | str, ...]:
    """Return where an error of pydantic stands in what was written: without the names of a union's members."""
    return _walked(shape, loc)[1]


def _walked(shape: Any, loc: Loc) -> tuple[list[Any], tuple[int | str, ...]]:
    """Return the shapes at `loc`, and `loc` without the tags by which pydantic tells a union's members apart."""
    found: list[Any] = [shape]
    kept: list[int | str] = []
    for step in loc:
        models = [pair for each in found for pair in _models_in(each)]
        tagged = [model for model, tags in models if step in tags]
        named = [info for model, _tags in models if (info := _field(model, step)) is not None]
        if tagged and found != tagged:
            found = tagged
            continue
        kept.append(step)
        found = [info.annotation for info in named] or found
    return found, tuple(kept)


def _field(model: type[BaseModel], step: int | str) -> Any:
    return next((info for name, info in model.model_fields.items() if step in {name, info.alias}), None)


def _models_in(
    annotation: Any, tags: frozenset[str] = frozenset()
) -> Iterator[tuple[type[BaseModel], frozenset[str]]]:
    """Yield the models in an annotation, each with the words by which a union chooses it."""
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        kind = annotation.model_fields.get("kind")
        named = {str(word) for word in get_args(kind.annotation)} if kind else set()
        yield annotation, tags | named
        return
    inner = frozenset(each.tag for each in get_args(annotation)[1:] if isinstance(each, Tag))
    for each in get_args(annotation):
        if not isinstance(each, Tag | Discriminator):
            yield from _models_in(each, inner or tags)


def _faults(source: Source, error: ValidationError, shape: Any) -> list[Fault]:
    errors: list[_Wrong] = [
        _Wrong(
            each["type"],
            _walked(shape, each["loc"])[1],
            each["msg"],
            each["input"],
            each.get("ctx", {}),
            each["loc"],
        )
        for each in error.errors(include_url=False)[: MAX_FAULTS * 5]
    ]
    deeper = {each.loc[:n] for each in errors for n in range(1, len(each.loc))}
    kept = [each for each in errors if each.type != "too_short" or each.loc not in deeper]
    settled = _settled(source, kept)
    return sorted(capped(source, (_fault(source, e, shape) for e in settled)), key=lambda f: f.line)


@dataclass(frozen=True)
class _Wrong:
    """An error as pydantic tells it."""

    type: str
    loc: tuple[int | str, ...]
    msg: str
    input: Any
    context: Mapping[str, Any]
    tagged: Loc = ()  # the place with the names of the unions' members in it
    instead: tuple[_Wrong, ...] = ()  # what the other members of a union have to say


def _settled(source: Source, errors: list[_Wrong]) -> list[_Wrong]:
    """Return one error for each place: of a union's members the one that fits what was written, else all as one."""
    unions: dict[tuple[Any, ...], dict[Any, list[_Wrong]]] = {}
    found: list[_Wrong] = []
    for each in errors:
        label = _label(source, each)
        if label is None:
            found.append(each)
        else:
            unions.setdefault(each.loc[:label], {}).setdefault(each.loc[label], []).append(each)
    for above, members in unions.items():
        fitting = [m for m in members.values() if all(len(e.loc) > len(above) + 1 for e in m)]
        if len(members) == 1 or fitting:
            inner = (fitting or list(members.values()))[0]
            shorter = [replace(e, loc=(*above, *e.loc[len(above) + 1 :])) for e in inner]
            found += _settled(source, shorter)
        else:
            first, *others = (m[0] for m in members.values())
            found.append(replace(first, loc=above, instead=tuple(others)))
    return found


def _label(source: Source, error: _Wrong) -> int | None:
    """Return where the name of a union's member stands in the place of an error; None when there is none."""
    if source.top is None:
        return None
    part, own = source.top, len(error.loc) - 1 if error.type == "missing" else len(error.loc)
    for n, step in enumerate(error.loc[:own]):
        below = part.parts.get(step)
        if below is None:
            return n
        part = below
    return None


def _fault(source: Source, error: _Wrong, shape: Any) -> Fault:
    name = next((str(step) for step in reversed(error.loc) if isinstance(step, str)), "")
    if error.type == "extra_forbidden":
        keys = keys_at(shape, error.tagged[:-1])
        like, reason = nearest(name, keys), _("unknown key %r") % name
        free = sorted(keys - set(source.keys(error.loc[:-1])))
        if free and not like:
            reason += _("; here may stand: %s") % ", ".join(free)
        return source.fault(error.loc, reason, like)
    if error.type == "missing":
        return source.fault(error.loc, _("the key %r is missing") % name)
    if error.type == "union_tag_not_found":
        return source.fault(error.loc, _("the key %r is missing") % error.context["discriminator"].strip("'"))
    if error.type == "union_tag_invalid":
        named = error.context["discriminator"].strip("'")  # a function of ours has brackets
        at = error.loc if "(" in named else (*error.loc, named)
        return _not_listed(source, at, error.context["tag"], error.context["expected_tags"])
    if error.type in {"literal_error", "enum"} and not error.instead:
        return _not_listed(source, error.loc, error.input, error.context["expected"])
    reason = _(" or ").join(_reason(each) for each in (error, *error.instead))
    return source.fault(error.loc, f"{name}: {reason}" if name else reason)


def _not_listed(source: Source, loc: Loc, wrong: Any, expected: str) -> Fault:
    words = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    key = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    said = {"key": key, "wrong": str(wrong), "words": ", ".join(words)}
    reason = _("%(key)s: %(wrong)r is not one of %(words)s") % said
    return source.fault(loc, reason, nearest(str(wrong), words))


def _reason(error: _Wrong) -> str:
    """Return what is wrong with one value, in words."""
    own = {
        "literal_error": _("write %(expected)s"),
        "too_short": _("at least one is needed"),
        "too_long": _("at most %(max_length)s may stand here"),
        "string_type": _("write a text"),
        "string_too_short": _("write something"),
        "tuple_type": _("write a list"),
        "list_type": _("write a list"),
        "dict_type": _("write keys and values"),
        "model_type": _("write keys and values"),
        "model_attributes_type": _("write keys and values"),
        "string_too_long": _("too long: at most %(max_length)s characters"),
        "greater_than": _("must be more than %(gt)s"),
        "greater_than_equal": _("must be %(ge)s or more"),
        "less_than": _("must be less than %(lt)s"),
        "less_than_equal": _("must be %(le)s or less"),
    }.get(error.type)
    if error.type == "string_pattern_mismatch":
        return _signs(str(error.context["pattern"]))
    if own:
        return own % error.context if "%(" in own else own
    for begins, words in (
        ("date", _("write a day that a calendar has, such as 2026-01-31")),
        ("int", _("write a whole number")),
        ("float", _("write a number")),
        ("finite", _("write a number")),
        ("bool", _("write true or false")),
    ):
        if error.type.startswith(begins):
            return words
    return error.msg.removeprefix("Value error, ")


def _signs(pattern: str) -> str:
    """Return which signs a word may hold, from the pattern that it must match."""
    rest = pattern.replace("a-z", "").replace("0-9", "")
    signs = [
        words
        for sign, words in (("-", _("hyphens")), ("_", _("underscores")), ("/", _("a slash")))
        if sign in rest
    ]
    if re.search(r"[A-Za-z\\]", rest):
        return _("this word must match %s") % pattern
    return _("write it with small letters, digits and %s") % _(" or ").join(signs)

"""Texts for notices as data: a file of the pack in both languages, with places from a closed list of words.

A place is a word in braces, such as `{number}`. Nothing is computed: each place is put in as it is, anything else in
braces is a fault that names its file, its line and the nearest known word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from tongxin.heart.agreements.language import Provenance, Slug, Strict
from tongxin.shared import reading
from tongxin.shared.named import Both
from tongxin.shared.reading import Fault, Source, nearest

Use = Literal["suspension", "non_acceptance", "decision", "return"]
USES: tuple[str, ...] = get_args(Use)
PLACES = (
    "number", "item", "applicant", "missing", "ground", "promise", "office", "accepting", "deciding", "holder", "state",
    "date",
)  # fmt: skip
MAX = 1200  # signs of a text before it is filled
_BRACED = re.compile(r"\{([^{}]*)\}|[{}]")


class NoticeFile(Strict):
    """One file: one version of one text; `use` says with which act it goes."""

    notice: Slug
    version: int = Field(default=1, ge=1)
    use: Use
    title: Both
    text: Both
    provenance: Provenance


def wrong_places(text: str) -> list[tuple[str, str]]:
    """Return what stands in braces and is no place, each with the nearest known word (empty: none is near)."""
    found = [match[1] if match[1] is not None else match[0] for match in _BRACED.finditer(text)]
    return [(word, nearest(word, PLACES)) for word in found if word not in PLACES]


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return a text with every place put in; what is put in is not looked at again."""
    return _BRACED.sub(lambda match: words.get(match[1] or "", match[0]), text)


def read(path: Path, *, name: str = "") -> NoticeFile:
    """Read one file. Raises Unreadable with every fault by file and line."""
    source = reading.read_path(path, name=name)
    try:
        found = NoticeFile.model_validate(source.content)
    except ValidationError as error:
        raise reading.Unreadable(source.fail(error, NoticeFile)) from error
    if faults := list(_faults(source, found)):
        raise reading.Unreadable(faults)
    return found


def read_all(paths: Iterable[Path]) -> list[NoticeFile]:
    """Read files; raises Unreadable with the faults of all of them together."""
    found: list[NoticeFile] = []
    faults: list[Fault] = []
    for path in sorted(paths):
        try:
            found.append(read(path))
        except reading.Unreadable as bad:
            faults += bad.faults
    if faults:
        raise reading.Unreadable(faults)
    return found


def _faults(source: Source, found: NoticeFile) -> Iterable[Fault]:
    for language, text in (("zh", found.text.zh), ("en", found.text.en)):
        for word, like in wrong_places(text):
            yield source.fault(("text", language), _("unknown place %r") % word, like)
        if len(text) > MAX:
            yield source.fault(("text", language), _("too long: at most %(n)d signs") % {"n": MAX})

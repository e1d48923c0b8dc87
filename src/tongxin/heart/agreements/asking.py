"""Asking the judge in the open: may this desk do this with that field, on what basis? For the command line and the API.

Who asks must be able to see the subject at all; about what one may not know one learns nothing, not that it exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import judge, judge_words
from tongxin.heart.agreements.may import SEE, Answer
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound


@dataclass(frozen=True)
class Told:
    """An answer with its basis in words."""

    answer: Answer
    words: str


def ask(reader: Acting, *, desk: str, action: str, subject: str, name: str = "", purpose: str = "") -> Told:
    """Return whether a desk may do `action` with a field of a subject now. Raises NotFound."""
    region.desk(desk)
    about = judge.known(subject)
    if about is None or not judge.may(reader.desk, SEE, about).yes:
        raise NotFound(
            "no_such_subject",
            _("There is no such thing, or your desk has no part in it."),
            todo=_("Name it as the ledger does, such as case:WUQING-2026-000001."),
        )
    if name and name not in about.grades:
        raise NotFound("no_such_field", _("There is no such field: %(field)s.") % {"field": name[:80]})
    answer = judge.may(desk, action, about, name, purpose)
    return Told(answer, judge_words.basis(answer))

"""An answer of the judge in words: its basis, or why not. Rooms say what their parts are called (`register_parts`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.may import Answer

BASES: dict[str, Any] = {
    core.OWN: gettext_lazy("Own record"),
    core.LAW: gettext_lazy("Law"),
    core.CLAUSE: gettext_lazy("A clause in force"),
    core.CASE: gettext_lazy("Part in the case"),
    core.DUTY: gettext_lazy("What a duty makes one carry"),
    core.PERSON: gettext_lazy("The person concerned"),
    core.RELEASED: gettext_lazy("Released to the public"),
}
GRADES: dict[str, Any] = {
    core.OPEN: pgettext_lazy("grade", "open"),
    core.INTERNAL: pgettext_lazy("grade", "internal"),
    core.PERSONAL: pgettext_lazy("grade", "personal"),
    core.SENSITIVE: pgettext_lazy("grade", "sensitive"),
}
STOPS: dict[str, Any] = {
    "consent_withdrawn": gettext_lazy("the person concerned has withdrawn consent"),
    "consent_over": gettext_lazy("the time for which the person concerned consented is over"),
}
_parts: dict[str, Any] = {}


def register_parts(parts: Mapping[str, Any]) -> None:
    """Say what the parts that a room gives as grounds are called."""
    _parts.update(parts)


def basis(answer: Answer) -> str:
    """Return what an answer rests on, in words; why not where it is no."""
    if not answer.yes:
        return why_not(answer)
    said = str(BASES.get(answer.basis, answer.basis))
    part = str(_parts.get(answer.part, answer.part))
    return f"{said}: {part}" if part else said


def why_not(answer: Answer) -> str:
    """Return why an answer is no, in words."""
    match answer.why_not:
        case core.BARRED:
            return _("kept back by %(bar)s") % {"bar": answer.bar}
        case core.STOPPED:
            return str(STOPS.get(answer.bar, answer.bar))
        case core.GRADED:
            grade = GRADES.get(answer.grade, answer.grade)
            return _("graded %(grade)s: not for the part that this desk has") % {"grade": grade}
        case core.OVER:
            return _("the time for which it could be seen is over")
    return _("no clause in force and no part in it gives this desk a basis")

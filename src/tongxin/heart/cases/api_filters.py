"""Filters of lists by a name that a program gives: one that nobody knows is refused, with the names that are known."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.cases.models import Procedure
from tongxin.heart.region.models import Jurisdiction
from tongxin.shared.errors import Invalid


def need_known(*, procedure: str | None = None, place: str | None = None) -> None:
    """Raise Invalid where there is no such procedure or place; an empty filter is none."""
    wrong: dict[str, list[Any]] = {}
    if procedure:
        names = sorted(set(Procedure.objects.values_list("name", flat=True)))
        if procedure not in names:
            wrong["procedure"] = [
                _("There is no such procedure. Known: %(names)s.") % {"names": ", ".join(names)}
            ]
    if place and not Jurisdiction.objects.filter(pk=place).exists():
        wrong["place"] = [
            _("There is no such place: give the id of a jurisdiction, such as `%(example)s`.")
            % {"example": "bj-tongzhou"}
        ]
    if wrong:
        raise Invalid(_("The list was not read."), wrong)

"""Filters of the desk's lists, saved under a name: a person's own, or shared with the desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import views
from tongxin.heart.cases.models import SavedView
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

MAX_NAME = 30
MOST = 12  # of one person at one desk


def save_view(
    *, by: Acting, key: str, name: str, filters: dict[str, str], shared: bool = False
) -> dict[str, Any]:
    """Save filters under a name that the person does not use yet at this desk."""
    person, name = _person(by), name.strip()
    kept = views.cleaned(filters)
    request = {"name": name, "filters": kept, "shared": shared}
    with act("cases.view.saved", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        own = SavedView.objects.filter(desk_id=by.desk, person_id=person)
        _free(name, own)
        if own.count() >= MOST:
            raise Conflict(
                "too_many_views",
                _("You keep %(n)d filters at this desk already.") % {"n": MOST},
                kept=_("They stand as they were."),
                todo=_("Delete one that you no longer use."),
            )
        row = SavedView.objects.create(
            desk_id=by.desk, person_id=person, name=name, filters=kept, shared=shared, at=a.at
        )
        a.result = {"view": row.pk}
        a.entry(f"desk:{by.desk}/view:{row.pk}", payload={"filters": kept, "shared": shared})
    return a.result


def change_view(*, by: Acting, key: str, view: int, name: str, shared: bool) -> dict[str, Any]:
    """Give one's own filters another name, or share them with the desk, or no longer."""
    person, name = _person(by), name.strip()
    request = {"view": view, "name": name, "shared": shared}
    with act("cases.view.changed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _own(by, person, view)
        _free(name, SavedView.objects.filter(desk_id=by.desk, person_id=person).exclude(pk=row.pk))
        SavedView.objects.filter(pk=row.pk).update(name=name, shared=shared)
        a.result = {"view": row.pk}
        a.entry(f"desk:{by.desk}/view:{row.pk}", payload={"shared": shared})
    return a.result


def delete_view(*, by: Acting, key: str, view: int) -> dict[str, Any]:
    """Delete one's own filters; shared ones are gone for the desk, too."""
    person = _person(by)
    with act("cases.view.deleted", by=by, key=key, request={"view": view}) as a:
        if a.replayed:
            return a.result
        row = _own(by, person, view)
        SavedView.objects.filter(pk=row.pk).delete()
        a.result = {"view": view}
        a.entry(f"desk:{by.desk}/view:{view}", payload={})
    return a.result


def _person(by: Acting) -> int:
    """Return who keeps the filters. A stand-in keeps their own, also in the post of somebody who is away."""
    if by.person_id is None:
        raise NotAllowed(
            "needs_a_person",
            _("Filters are kept by persons; a program's token is none."),
            todo=_("Send the filters with each call."),
        )
    return by.person_id


def _own(by: Acting, person: int, view: int) -> SavedView:
    row = SavedView.objects.filter(pk=view, desk_id=by.desk, person_id=person).first()
    if row is None:
        raise NotFound("no_such_view", _("You have no such saved filters at this desk."))
    return row


def _free(name: str, others: Any) -> None:
    """Refuse no name, one that is too long, and one that is used already."""
    if not name or len(name) > MAX_NAME:
        text = _("A name of 1 to %(n)d characters.") % {"n": MAX_NAME}
        raise Invalid(_("The filters were not saved."), {"name": [text]})
    if others.filter(name=name).exists():
        raise Invalid(_("The filters were not saved."), {"name": [_("You use this name already.")]})

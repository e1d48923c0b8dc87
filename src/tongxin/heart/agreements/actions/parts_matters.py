"""What the acts on a matter share: what began it, what stands in it, what the calendar opened."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import opening
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.performing import WARNING
from tongxin.heart.events.models import Event, Matter, MergeProposal
from tongxin.heart.exchange.acts import Act
from tongxin.shared.errors import NotAllowed, NotFound

CALENDAR = str(opening.ENGINE["name"])


def standing(matter: Matter) -> QuerySet[Duty]:
    """Return what stands in a matter and in those that it absorbed.

    The review of a warning is owed whatever becomes of the matter.
    """
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    rows = Duty.objects.filter(within, state__in=Duty.STANDING).exclude(subject__startswith=WARNING)
    return rows.select_related("clause__version").order_by("id")


def root(matter: Matter) -> Event:
    return Event.objects.filter(matter=matter).order_by("ordinal", "recorded_at")[0]


def event_of(event: str) -> Event:
    key = parts.uuid_of(event)
    found = Event.objects.select_related("by_desk").filter(id=key).first() if key else None
    if found is None:
        raise NotFound("no_such_event", _("There is no such event."))
    return found


def lapse(numbers: list[str], a: Act) -> None:
    """End the open proposals about matters that are closed now: what was proposed cannot come about any more."""
    rows = MergeProposal.objects.filter(
        Q(earlier__in=numbers) | Q(later__in=numbers), state=MergeProposal.State.PROPOSED
    )
    rows.update(state=MergeProposal.State.LAPSED, settled_at=a.at)


def need_reported(event: Event) -> None:
    """Raise NotAllowed for what the calendar opened: it follows from what all parties signed, no desk told it."""
    if event.engine is not None and event.engine.get("name") == CALENDAR:
        raise NotAllowed(
            "calendar_opened_it",
            _(
                "The calendar opened this as the instrument says; no desk corrects, withdraws, merges or closes it."
            ),
            todo=_("Excuse or give up a single duty on its own page."),
        )

"""What ecology tells the heart: the event `ecology.water_incident`, whom it may reach, and the menu."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import vocabulary as clauses
from tongxin.heart.agreements.vocabulary import Answer, Fact
from tongxin.heart.events import vocabulary as events
from tongxin.petals.ecology.incident import WaterIncident, title_of
from tongxin.petals.ecology.rivers import downstream
from tongxin.shared import petals

WATER_INCIDENT = "ecology.water_incident"


def downstream_parties(fact: Fact, _params: dict[str, Any]) -> list[Answer]:
    """Answer `of: downstream`: every jurisdiction further down the event's river, certain in this slice."""
    return [Answer(place, 1.0) for place in downstream(fact.data["river"], fact.place)]


def crosses_boundary(fact: Fact) -> bool:
    """Answer `reach: crosses_boundary`: the river goes on into another jurisdiction."""
    return bool(downstream(fact.data["river"], fact.place))


def register_all() -> None:
    """Register everything once, when Django starts."""
    events.register(
        events.EventType(
            name=WATER_INCIDENT,
            title=_("Water incident"),
            matter_kind="incident",
            data=WaterIncident,
            title_of=title_of,
        )
    )
    clauses.register_question("downstream", downstream_parties)
    clauses.register_condition("crosses_boundary", crosses_boundary)
    petals.register(
        petals.Petal(
            code="ecology",
            name=_("Ecology"),
            menu=(petals.MenuEntry(_("Water incidents"), "incidents"),),
        )
    )

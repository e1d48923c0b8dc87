"""What ecology tells the heart: the event `ecology.water_incident`, whom it may reach, and the menu."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import threads
from tongxin.heart.agreements import vocabulary as clauses
from tongxin.heart.agreements.vocabulary import Answer, Fact, Field
from tongxin.heart.events import vocabulary as events
from tongxin.petals.ecology import forecast, searching, sights
from tongxin.petals.ecology.incident import WaterIncident, title_of
from tongxin.petals.ecology.rivers import downstream
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS, river_choices, title_words
from tongxin.shared import petals, search

WATER_INCIDENT = "ecology.water_incident"


def downstream_parties(fact: Fact, _params: dict[str, Any]) -> list[Answer]:
    """Answer `of: downstream`: every jurisdiction further down the event's river, certain in this slice."""
    return [Answer(place, 1.0) for place in downstream(fact.data["river"], fact.place)]


def crosses_boundary(fact: Fact) -> bool:
    """Answer `reach: crosses_boundary`: the river goes on into another jurisdiction."""
    return bool(downstream(fact.data["river"], fact.place))


def may_cross_province(fact: Fact) -> bool:
    """Answer `reach: may_cross_province`: the river goes on into another province or municipality."""
    province = fact.place.partition("-")[0]
    return any(place.partition("-")[0] != province for place in downstream(fact.data["river"], fact.place))


def carried_fields() -> list[Field]:
    """Return what a notice of a water incident may have to carry, each with its value from the report."""
    return [
        Field("location", _("Place of the incident"), lambda data: str(data.get("location", ""))),
        Field("river", _("River"), lambda data: str(data.get("river", "")), river_choices),
        Field(
            "pollutant",
            _("Pollutant"),
            lambda data: str(data.get("pollutant", "")),
            lambda: list(POLLUTANTS.items()),
        ),
        Field("amount", _("Amount"), lambda data: str(data.get("amount", ""))),
        Field("level", _("Level"), lambda data: str(data.get("level", "")), lambda: list(LEVELS.items())),
        Field(
            "sample",
            _("Sample result"),
            lambda _data: "",
            hint=_("Value, unit, place and time of the sample."),
        ),
        Field(
            "forecast_arrival",
            _("Expected arrival"),
            lambda _data: "",
            hint=_("When it is expected at the boundary, and how sure that is. Write it if it is not known."),
        ),
    ]


SHAREABLE = {
    "rainfall": _("Rainfall"),
    "wind": _("Wind"),
    "weather_warning": _("Weather warnings"),
    "water_level": _("Water level and discharge"),
    "water_quality": _("Water quality at boundary sections"),
    "inspection_findings": _("Findings of inspections"),
    "informant": _("Who reported it to the authorities"),
    "water_intake": _("Drinking water intakes"),
}


def incident_example() -> dict[str, Any]:
    """Return the data of a plausible incident, for trying clauses out."""
    return {"river": "beiyun-he", "location": "K12", "pollutant": "oil", "level": "IV"}


def incident_examples() -> list[dict[str, Any]]:
    """Return such an incident on each river of the pack."""
    return [incident_example() | {"river": river} for river, _name in river_choices()]


def forecast_example() -> dict[str, Any]:
    """Return the data of a plausible forecast for the example incident."""
    return {
        "arrivals": [
            {
                "place": "tj-wuqing",
                "probability": 0.9,
                "arrival_p5": "2026-03-11T18:00:00+08:00",
                "arrival_p50": "2026-03-11T20:00:00+08:00",
                "arrival_p95": "2026-03-12T02:00:00+08:00",
            }
        ]
    }


def register_all() -> None:
    """Register everything once, when Django starts."""
    threads.register("incident", sights.incidents)
    events.register(
        events.EventType(
            name=WATER_INCIDENT,
            title=_("Water incident"),
            matter_kind="incident",
            data=WaterIncident,
            title_of=title_of,
            title_words=title_words,
            page="/incidents/{number}/",
            example=incident_example,
            examples=incident_examples,
        )
    )
    clauses.register_question(
        "downstream",
        downstream_parties,
        title=_("downstream on the same river"),
        events=(WATER_INCIDENT,),
        certain=True,
    )
    events.register(
        events.EventType(
            name=forecast.SPILL_FORECAST,
            title=_("Spill forecast"),
            matter_kind="incident",
            data=forecast.SpillForecast,
            title_of=forecast.title_of,
            title_words=title_words,
            page="/incidents/{number}/",
            example=forecast_example,
        )
    )
    clauses.register_question(
        "downstream_within",
        forecast.downstream_within,
        title=_("downstream, where the forecast says it arrives"),
        params={"hours": float},
        param_words={"hours": _("within %s hours")},
        events=(WATER_INCIDENT,),
        times=forecast.TIMES,
    )
    clauses.register_time("arrival_p5", _("early arrival (one in twenty comes earlier)"))
    clauses.register_time("arrival_p50", _("middle arrival"))
    clauses.register_time("arrival_p95", _("late arrival (one in twenty comes later)"))
    clauses.register_condition(
        "crosses_boundary",
        crosses_boundary,
        title=_("and the river goes on into another jurisdiction"),
        events=(WATER_INCIDENT,),
    )
    clauses.register_condition(
        "may_cross_province",
        may_cross_province,
        title=_("and it may reach another province"),
        events=(WATER_INCIDENT,),
    )
    for field in carried_fields():
        clauses.register_field(field)
    for name, title in SHAREABLE.items():
        clauses.register_shareable(name, title)
    search.register("matters", _("Water incidents"), searching.incidents)
    petals.register(
        petals.Petal(
            code="ecology",
            name=_("Ecology"),
            menu=(petals.MenuEntry(_("Water incidents"), "incidents"),),
        )
    )

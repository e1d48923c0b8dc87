"""The data of a spill forecast, as an engine or a desk tells it: when it arrives at each place, and how sure that is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tongxin.heart.agreements.vocabulary import Answer, Fact
from tongxin.petals.ecology.rivers import downstream

SPILL_FORECAST = "ecology.spill_forecast"
TIMES = ("arrival_p5", "arrival_p50", "arrival_p95")


class Arrival(BaseModel):
    """The forecast for one jurisdiction's boundary: probability of arrival, and the band of its time."""

    model_config = ConfigDict(extra="forbid")

    place: str = Field(min_length=1, max_length=60)
    probability: float = Field(ge=0, le=1)
    arrival_p5: AwareDatetime | None = None
    arrival_p50: AwareDatetime | None = None
    arrival_p95: AwareDatetime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Arrival:
        known = [at for at in (self.arrival_p5, self.arrival_p50, self.arrival_p95) if at]
        if known != sorted(known):
            from django.utils.translation import gettext

            raise ValueError(gettext("The early, middle and late arrival stand in this order."))
        return self


class SpillForecast(BaseModel):
    """What is forecast, and which inputs were stale when it was computed."""

    model_config = ConfigDict(extra="forbid")

    arrivals: tuple[Arrival, ...] = Field(min_length=1, max_length=50)
    stale_inputs: tuple[str, ...] = Field(default=(), max_length=20)


def title_of(data: dict[str, Any]) -> str:
    """Return the title of a matter that a forecast opens; a forecast joins an incident, so this is rarely seen."""
    return "/".join(a["place"] for a in data.get("arrivals", ()))[:120]


def downstream_within(fact: Fact, params: dict[str, Any]) -> list[Answer]:
    """Answer `of: downstream_within, hours: H`: who lies downstream, how likely it arrives within H hours, and when.

    Without a forecast everybody downstream counts as reached for certain, at no known time: a warning does not wait.
    """
    below = downstream(fact.data["river"], fact.place)
    forecast = next((f for f in fact.beside if f.type == SPILL_FORECAST), None)
    if forecast is None:
        return [Answer(place, 1.0) for place in below]
    told = {a["place"]: a for a in forecast.data["arrivals"]}
    hours = float(params.get("hours", 72))
    answers = []
    for place in below:
        arrival = told.get(place)
        if arrival is None:
            continue
        times = {name: datetime.fromisoformat(arrival[name]) for name in TIMES if arrival.get(name)}
        first = times.get("arrival_p5") or times.get("arrival_p50")
        begun = fact.occurred_at or fact.known_at
        reached = first is None or first <= begun + timedelta(hours=hours)
        answers.append(Answer(place, float(arrival["probability"]) if reached else 0.0, times))
    return answers

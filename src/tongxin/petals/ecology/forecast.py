"""The data of a spill forecast, as an engine or a desk tells it: when it arrives where, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tongxin.heart.agreements.vocabulary import Answer, Fact
from tongxin.petals.ecology.rivers import downstream
from tongxin.petals.ecology.words import INPUTS
from tongxin.shared.named import pick

SPILL_FORECAST = "ecology.spill_forecast"
TIMES = ("arrival_p5", "arrival_p50", "arrival_p95")


Input = Literal["discharge", "gate", "stage", "sample"]


class Arrival(BaseModel):
    """The forecast for one jurisdiction's boundary: probability of arrival, and the band of its time.

    `held`: a gate is shut, so that no time can be told; a held arrival has none.
    """

    model_config = ConfigDict(extra="forbid")

    place: str = Field(min_length=1, max_length=60)
    probability: float = Field(ge=0, le=1)
    arrival_p5: AwareDatetime | None = None
    arrival_p50: AwareDatetime | None = None
    arrival_p95: AwareDatetime | None = None
    held: bool = False

    @property
    def times(self) -> list[datetime]:
        """The times that are told, early to late."""
        return [at for at in (self.arrival_p5, self.arrival_p50, self.arrival_p95) if at]

    @model_validator(mode="after")
    def _in_order(self) -> Arrival:
        known = self.times
        if known != sorted(known):
            raise ValueError(gettext("The early, middle and late arrival stand in this order."))
        if self.held and known:
            raise ValueError(gettext("What is held behind a gate has no time of arrival."))
        return self


class SpillForecast(BaseModel):
    """What is forecast, and which inputs were stale when it was computed: they widen it, or leave it without a time."""

    model_config = ConfigDict(extra="forbid")

    arrivals: tuple[Arrival, ...] = Field(min_length=1, max_length=50)
    stale_inputs: tuple[Input, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _each_once(self) -> SpillForecast:
        places = [a.place for a in self.arrivals]
        if len(places) != len(set(places)):
            raise ValueError(gettext("Each place is forecast once."))
        return self

    @model_validator(mode="after")
    def _stale_is_wide(self) -> SpillForecast:
        narrow = [a for a in self.arrivals if a.times and not (a.arrival_p5 and a.arrival_p95)]
        if self.stale_inputs and narrow:
            raise ValueError(stale_words(self.stale_inputs))
        return self


def stale_words(stale: Sequence[str]) -> str:
    """Return why a forecast from stale inputs is refused that tells a time without its band."""
    named = pick("、", ", ").join(str(INPUTS.get(name, name)) for name in stale)
    return gettext("Stale: %(inputs)s. Tell the early and the late arrival too, or no time at all.") % {
        "inputs": named
    }


def title_of(data: dict[str, Any]) -> str:
    """Return the title of a matter that a forecast opens; a forecast joins an incident, so this is rarely seen."""
    return "/".join(a["place"] for a in data.get("arrivals", ()))[:120]


def downstream_within(fact: Fact, params: dict[str, Any]) -> list[Answer]:
    """Answer `of: downstream_within, hours: H`: who lies downstream, how likely it arrives within H hours, and when.

    Without a forecast everybody downstream counts as reached for certain, at no known time: a warning does not wait.
    So does a place that the forecast says nothing of. Where two matters became one, the latest forecast counts.
    """
    below = downstream(fact.data["river"], fact.place)
    told_of = sorted((f for f in fact.beside if f.type == SPILL_FORECAST), key=lambda f: f.recorded_at)
    forecast = told_of[-1] if told_of else None
    if forecast is None:
        return [Answer(place, 1.0) for place in below]
    told = {a["place"]: a for a in forecast.data["arrivals"]}
    hours = float(params.get("hours", 72))
    answers = []
    for place in below:
        arrival = told.get(place)
        if arrival is None:
            answers.append(Answer(place, 1.0))
            continue
        times = {name: datetime.fromisoformat(arrival[name]) for name in TIMES if arrival.get(name)}
        first = times.get("arrival_p5") or times.get("arrival_p50")
        begun = fact.occurred_at or fact.known_at
        reached = first is None or first <= begun + timedelta(hours=hours)
        answers.append(Answer(place, float(arrival["probability"]) if reached else 0.0, times))
    return answers

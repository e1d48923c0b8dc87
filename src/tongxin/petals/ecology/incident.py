"""The data of a water incident, as a report carries it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tongxin.petals.ecology.rivers import known_river

Pollutant = Literal["ammonia", "oil", "phenol", "cyanide", "heavy_metal", "low_oxygen", "unknown"]
Level = Literal["I", "II", "III", "IV", "unknown"]


class WaterIncident(BaseModel):
    """What is known of it: river, spot, pollutant, amount in words, first estimate of the level."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    river: str = Field(min_length=1, max_length=60)
    location: str = Field(min_length=1, max_length=200)
    pollutant: Pollutant
    amount: str = Field(default="", max_length=120)
    level: Level = "unknown"
    description: str = Field(default="", max_length=1000)

    @field_validator("river")
    @classmethod
    def _river_is_known(cls, value: str) -> str:
        if not known_river(value):
            from django.utils.translation import gettext

            raise ValueError(gettext("Choose one of the listed rivers."))
        return value


def title_of(data: dict[str, Any]) -> str:
    """Return the matter's title: river and pollutant by their codes; screens word it in the reader's language."""
    return f"{data['river']}/{data['pollutant']}"

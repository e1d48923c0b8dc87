"""Words of water incidents: pollutants, levels, and the title of an incident, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.petals.ecology.rivers import rivers
from tongxin.shared.named import pick

POLLUTANTS: dict[str, Any] = {
    "ammonia": _("Ammonia nitrogen"),
    "oil": _("Oil"),
    "phenol": _("Phenols"),
    "cyanide": _("Cyanide"),
    "heavy_metal": _("Heavy metals"),
    "low_oxygen": _("Low dissolved oxygen"),
    "unknown": _("Not known yet"),
}
STATES = {"low_oxygen"}  # a state of the water, no substance: its title says no "pollution"
LEVELS: dict[str, Any] = {
    "I": _("Level I, extremely serious"),
    "II": _("Level II, very serious"),
    "III": _("Level III, serious"),
    "IV": _("Level IV, ordinary"),
    "unknown": _("Not known yet"),
}
INPUTS: dict[str, Any] = {  # of a forecast, which may be stale
    "discharge": _("discharge"),
    "gate": _("gate position"),
    "stage": _("stage"),
    "sample": _("sample"),
}


def river_words(river: str) -> str:
    """Return the river's name; its id when the pack does not have it any more."""
    return next((str(r.names) for r in rivers() if r.id == river), river)


def river_choices() -> list[tuple[str, str]]:
    """Return the rivers of the pack with their names."""
    return [(r.id, str(r.names)) for r in rivers()]


def title_words(title: str) -> str:
    """Return the title of an incident from its codes: `beiyun-he/oil` is `Beiyun River: oil`."""
    river, _slash, pollutant = title.partition("/")
    if pollutant in {"", "unknown"}:
        return gettext("%(river)s: water pollution") % {"river": river_words(river)}
    name = str(POLLUTANTS.get(pollutant, pollutant))
    said = {"river": river_words(river), "pollutant": pick(name, name[:1].lower() + name[1:])}
    if pollutant in STATES:
        return gettext("%(river)s: %(pollutant)s in the water") % said
    return gettext("%(river)s: %(pollutant)s") % said

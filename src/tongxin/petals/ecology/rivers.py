"""Rivers as an order of jurisdictions from source to mouth, from the region pack; who lies downstream of whom."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from tongxin.shared.named import Both


class River(BaseModel):
    """A river: steps from source to mouth; a step with several names is a reach that forms the boundary."""

    model_config = ConfigDict(extra="forbid")

    id: str
    names: Both
    steps: list[list[str]]


def rivers() -> list[River]:
    """Return the rivers of the region pack, in its order."""
    return list(_read(str(settings.REGION_PACK)))


def known_river(river: str) -> bool:
    """Whether the pack has the river."""
    return any(r.id == river for r in rivers())


def downstream(river: str, place: str) -> list[str]:
    """Return the jurisdictions below `place` on the river, nearest first; empty when it does not touch the river.

    A place that is touched in several steps counts from its uppermost one; its own parts are not below it.
    """
    steps = next((r.steps for r in rivers() if r.id == river), [])
    own = [i for i, names in enumerate(steps) if any(_within(name, place) for name in names)]
    if not own:
        return []
    below = [name for names in steps[own[0] + 1 :] for name in names if not _within(name, place)]
    return list(dict.fromkeys(below))


def _within(name: str, place: str) -> bool:
    return name == place or name.startswith(place + "-")


@lru_cache(maxsize=4)
def _read(pack: str) -> tuple[River, ...]:
    path = Path(pack) / "rivers.yaml"
    if not path.exists():
        return ()
    data = YAML(typ="safe").load(path)
    return tuple(River.model_validate(r) for r in data["rivers"])

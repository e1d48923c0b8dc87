"""The logins of the demonstration, for its login page and its first words on the terminal."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.db.models import Prefetch
from ruamel.yaml import YAML

from tongxin.heart.region.holdings import today
from tongxin.heart.region.models import Person, PostHolding, valid_on
from tongxin.site.account.words import post_name


def people() -> list[tuple[Person, list[str]]]:
    """Return the demo logins with the names of their posts; none outside the demonstration."""
    if not settings.DEMO:
        return []
    held = PostHolding.objects.filter(valid_on(today())).select_related("post__office").order_by("id")
    found = Person.objects.filter(demo=True, is_active=True).order_by("id")
    everyone = found.prefetch_related(Prefetch("holdings", held, to_attr="held_today"))
    return [(person, [post_name(holding.post) for holding in person.held_today]) for person in everyone]


@lru_cache(maxsize=1)
def password() -> str:
    """Return the password that all demo people have, as their pack says; empty outside the demonstration."""
    file = settings.REGION_PACK / "demo" / "people.yaml"
    if not settings.DEMO or not file.exists():
        return ""
    return str(YAML(typ="safe").load(file.read_text("utf-8")).get("password", ""))

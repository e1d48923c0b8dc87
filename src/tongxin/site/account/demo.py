"""The logins of the demonstration, for its login page and its first words on the terminal."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from ruamel.yaml import YAML

from tongxin.heart.region.holdings import seats_of
from tongxin.heart.region.models import Person
from tongxin.site.account.words import seat_name


def people() -> list[tuple[Person, list[str]]]:
    """Return the demo logins with the names of their posts; none outside the demonstration."""
    if not settings.DEMO:
        return []
    found = Person.objects.filter(demo=True, is_active=True).select_related("administers").order_by("id")
    return [(person, _posts(person)) for person in found]


@lru_cache(maxsize=1)
def password() -> str:
    """Return the password that all demo people have, as their pack says; empty outside the demonstration."""
    file = settings.REGION_PACK / "demo" / "people.yaml"
    if not settings.DEMO or not file.exists():
        return ""
    return str(YAML(typ="safe").load(file.read_text("utf-8")).get("password", ""))


def _posts(person: Person) -> list[str]:
    """Return one name for each post held, at its first desk."""
    first = {}
    for seat in seats_of(person):
        first.setdefault(seat.post.id, seat)
    return [seat_name(seat) for seat in first.values()]

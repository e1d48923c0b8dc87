"""Who works at a desk today: the holders of its office's posts, and who stands in for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from tongxin.heart.region import queries
from tongxin.heart.region.holdings import substitutions, today
from tongxin.heart.region.models import Person, Post, PostHolding, valid_on


@dataclass(frozen=True)
class Colleague:
    """A person at a desk, with the post they hold or stand in for there."""

    person: Person
    post: Post
    stands_in: bool = False

    @property
    def name(self) -> str:
        """The name to show to the desk."""
        return self.person.display_name or self.person.username


def at(desk: str, on: date | None = None) -> list[Colleague]:
    """Return the people of the office that staffs a desk on a day, each once, in the order of their posts."""
    day = on or today()
    office = queries.desk_office(desk, day)
    held = PostHolding.objects.filter(valid_on(day), post__office=office, person__is_active=True)
    rows = held.select_related("person", "post").order_by("post__rank", "post_id", "person__username")
    found = {row.person_id: Colleague(row.person, row.post) for row in reversed(rows)}
    has_post = PostHolding.objects.filter(valid_on(day), person=OuterRef("stand_in"))
    lent = substitutions(day).filter(Exists(has_post), post__office=office, stand_in__is_active=True)
    for each in lent.select_related("stand_in", "post").order_by("post_id", "id"):
        found.setdefault(each.stand_in_id, Colleague(each.stand_in, each.post, stands_in=True))
    return sorted(found.values(), key=lambda each: (each.post.rank, each.post.id, each.person.username))

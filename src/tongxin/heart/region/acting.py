"""Who acts: a post at a desk, with what it may do there. Every action takes one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from tongxin.heart.region.models import Desk
from tongxin.shared.errors import NotAllowed


@dataclass(frozen=True)
class Acting:
    """A post that acts at a desk. `via` is screen, api, cli or system; the ledger names the post, not the person.

    Of a stand-in: `stand_in` is the number of the substitution, `own_post` the post by which the ledger names who acts,
    `absent_id` whom they stand in for. `also`: posts and desks for which the same person stands in besides.
    """

    post: str
    desk: str
    jurisdiction: str
    capabilities: frozenset[str]
    person_id: int | None = None
    via: str = "screen"
    stand_in: int | None = None
    absent_id: int | None = None
    own_post: str = ""
    also: tuple[tuple[str, str], ...] = ()

    @property
    def persons(self) -> frozenset[int]:
        """Who counts as the one person that acts here: a stand-in and whom they stand in for are one."""
        return frozenset(each for each in (self.person_id, self.absent_id) if each is not None)

    @property
    def coordinates(self) -> bool:
        """Whether the post acts for its jurisdiction's coordination office, which answers for all its desks."""
        return self.desk.endswith("/coordination_office")

    @cached_property
    def side(self) -> tuple[str, ...]:
        """The desks whose duties, messages and reports are the reader's to see; read once for a request.

        The own desk; a coordination office's are all of its jurisdiction. As a list it leads into an index of desks,
        where a join would have every row looked at.
        """
        if not self.coordinates:
            return (self.desk,)
        rows = Desk.objects.filter(jurisdiction_id=self.jurisdiction).values_list("id", flat=True)
        return tuple(sorted({self.desk, *rows}))

    def answers_for(self, desk: str) -> bool:
        """Whether a desk is the own one, or one that the own coordination office answers for."""
        return desk == self.desk or (self.coordinates and desk.partition("/")[0] == self.jurisdiction)

    def need(self, capability: str) -> None:
        """Raise NotAllowed unless the post has the capability."""
        if capability not in self.capabilities:
            raise NotAllowed(
                "post_may_not",
                _("The post you act in may not do this."),
                todo=_("Change to a post that may, or ask your administrator."),
            )


SYSTEM = Acting(
    post="system", desk="system", jurisdiction="", capabilities=frozenset({"system"}), via="system"
)

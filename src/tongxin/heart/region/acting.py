"""Who acts: a post at a desk, with what it may do there. Every action takes one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tongxin.shared.errors import NotAllowed


@dataclass(frozen=True)
class Acting:
    """A post that acts at a desk. `via` is screen, api, cli or system; the ledger names the post, not the person."""

    post: str
    desk: str
    jurisdiction: str
    capabilities: frozenset[str]
    person_id: int | None = None
    via: str = "screen"

    @property
    def coordinates(self) -> bool:
        """Whether the post acts for its jurisdiction's coordination office, which answers for all its desks."""
        return self.desk.endswith("/coordination_office")

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

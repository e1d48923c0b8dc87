"""What every connector has: a name, a check of an address, one way to send; and the last door before the outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, final

from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange.senders import NotSent, Outgoing
from tongxin.shared.errors import Invalid

__all__ = ["Connector", "NotSent", "Outgoing", "bad_target"]


class Connector(ABC):
    """One kind of outside system; keeps the promise of `exchange.senders.Sender`. It has no state."""

    name: ClassVar[str]
    title: ClassVar[Any]
    target_hint: ClassVar[Any]
    signed: ClassVar[bool] = False

    def available(self) -> bool:
        """Return whether the operator has set up what it needs."""
        return True

    @abstractmethod
    def check(self, target: str) -> str:
        """Return the address as it is kept. Raises Invalid (field `target`) for one that is none. Asks no network."""

    @final
    def send(self, outgoing: Outgoing) -> None:
        """Send it, or raise NotSent. Whatever came before: nothing of a drill passes here."""
        if outgoing.drill or outgoing.payload.get("drill") is not False:
            raise NotSent("drill", final=True)
        self.deliver(outgoing)

    @abstractmethod
    def deliver(self, outgoing: Outgoing) -> None:
        """Hand it to the other side and return when that side has it. Raises NotSent."""


def bad_target(text: Any) -> Invalid:
    """Return the refusal of an address."""
    return Invalid(_("The subscription was not saved."), {"target": [text]}, code="bad_target")

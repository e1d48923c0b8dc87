"""The senders that connectors bring: exchange knows their names and what they promise, never the connectors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True)
class Outgoing:
    """One delivery as a sender gets it. `secret` is empty where the sender signs nothing."""

    id: str
    attempt: int  # from 1, through all replays
    at: datetime  # the instant of this attempt, UTC
    kind: str
    payload: dict[str, Any]
    target: str
    secret: str
    drill: bool


class NotSent(Exception):
    """The other side did not take it. `error` is a code, with a detail after a colon, such as `http:503`.

    `final`: trying again would not help, so the delivery is given up at once.
    """

    def __init__(self, error: str, *, final: bool = False) -> None:
        super().__init__(error)
        self.error = error[:200]
        self.final = final


class Sender(Protocol):
    """What a connector promises."""

    name: ClassVar[str]  # what a subscription names
    title: ClassVar[Any]  # its name on a screen
    target_hint: ClassVar[Any]  # what an address looks like
    signed: ClassVar[bool]  # whether its deliveries are signed with the subscription's secret

    def available(self) -> bool:
        """Return whether this installation can use it."""
        ...

    def check(self, target: str) -> str:
        """Return the address as it is kept. Raises Invalid (field `target`) for one that is none."""
        ...

    def send(self, outgoing: Outgoing) -> None:
        """Hand it to the other side and return when that side has it. Raises NotSent; ends within `LONGEST`."""
        ...


LONGEST = 30.0  # seconds a sender may take for one delivery, all in all; far shorter than a lease
_senders: dict[str, Sender] = {}


def register(sender: Sender) -> None:
    """Make a sender known; called once, from an `apps.py`."""
    _senders[sender.name] = sender


def known() -> list[Sender]:
    """Return every sender of this installation, by name."""
    return [_senders[name] for name in sorted(_senders)]


def by_name(name: str) -> Sender | None:
    """Return the sender of a name, or None where no connector brings it."""
    return _senders.get(name)

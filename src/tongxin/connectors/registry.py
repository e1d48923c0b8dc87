"""Which connectors this installation has. A new one is a line here and a module in `contrib`."""

from __future__ import annotations

from tongxin.connectors.base import Connector
from tongxin.connectors.contrib.email import Email
from tongxin.connectors.contrib.webhook import Webhook
from tongxin.heart.exchange import senders


def connectors() -> list[Connector]:
    """Return one of each connector."""
    return [Webhook(), Email()]


def register_all() -> None:
    """Hand them to the outbox; called once, when Django starts."""
    for connector in connectors():
        senders.register(connector)

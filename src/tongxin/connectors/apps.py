"""The connectors as Django knows them."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Hands every connector to the outbox."""

    name = "tongxin.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Register them: exchange knows senders by name and imports none."""
        from tongxin.connectors.registry import register_all

        register_all()

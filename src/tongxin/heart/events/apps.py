"""Room events of the heart."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell exchange which matters are drills: nothing of them leaves the house."""
        from tongxin.heart.events import queries
        from tongxin.heart.exchange import drills

        drills.register("matter", queries.is_drill)

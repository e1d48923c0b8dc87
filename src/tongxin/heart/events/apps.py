"""Room events of the heart."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

"""Room measures of the heart."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

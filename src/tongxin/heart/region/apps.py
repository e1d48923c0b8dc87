"""Room region of the heart."""

from django.apps import AppConfig


class RegionConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.region"
    label = "region"
    default_auto_field = "django.db.models.BigAutoField"

"""Room cases of the heart."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

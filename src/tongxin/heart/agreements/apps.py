"""Room agreements of the heart."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

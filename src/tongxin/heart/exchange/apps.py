"""Room exchange of the heart."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

"""Room ledger of the heart."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

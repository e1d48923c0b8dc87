"""Room exchange of the heart."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the bell its words for what was given up."""
        from django.utils.translation import gettext_lazy

        from tongxin.heart.exchange import outbox, words
        from tongxin.shared import notices

        notices.register(outbox.DEAD, words.given_up, gettext_lazy("A delivery was given up"))

"""Room exchange of the heart."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the bell its words, and make the kinds known that every node applies."""
        from importlib import import_module

        from django.utils.translation import gettext_lazy

        from tongxin.heart.exchange import lines_notes, lines_words, outbox, words
        from tongxin.shared import notices

        notices.register(outbox.DEAD, words.given_up, gettext_lazy("A delivery was given up"))
        import_module("tongxin.heart.exchange.lines_kinds")
        notices.register(lines_notes.NOTE, lines_words.note_came, gettext_lazy("A note came"))
        notices.register("letter", lines_words.letter_came, gettext_lazy("Word came from another node"))
        notices.register("line_refused", lines_words.refused, gettext_lazy("Another node refused a message"))
        notices.register("line_unknown", lines_words.unknown, gettext_lazy("A message was not understood"))
        notices.register("line_skew", lines_words.skew, gettext_lazy("Two nodes' clocks differ"))

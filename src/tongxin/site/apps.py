"""The front of the house as Django knows it."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, login, shell, home and boards."""

    name = "tongxin.site"
    label = "site"

    def ready(self) -> None:
        """Make the heart's notifications worded and its things searchable."""
        from tongxin.site.finding import searches, words

        words.register_all()
        searches.register_all()

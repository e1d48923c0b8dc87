"""Room measures of the heart."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the frozen months to whoever sums scores, and tell the ledger who may see their entries."""
        from tongxin.heart.measures import registration

        registration.register_all()

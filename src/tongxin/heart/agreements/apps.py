"""Room agreements of the heart."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the ledger who may see a matter's entries."""
        from tongxin.heart.agreements import registration

        registration.register_all()

"""Room cases of the heart."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the ledger who may see a case's entries, agreements which procedures there are, the bell its words."""
        from tongxin.heart.cases import registration

        registration.register_all()

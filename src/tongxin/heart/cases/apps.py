"""Room cases of the heart."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    """The room as Django knows it."""

    name = "tongxin.heart.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the ledger who may see a case's entries, agreements which procedures there are, the bell its words."""
        from tongxin.heart.cases import registration

        registration.register_all()
        post_migrate.connect(_kept_parts, sender=self)


def _kept_parts(using: str, **_said: Any) -> None:
    """See after every migration that the database keeps the parts of cases."""
    from tongxin.heart.cases import kept_parts

    kept_parts.install(connections[using])

"""What services tells the heart: its menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.shared import petals


def register_all() -> None:
    """Register everything once, when Django starts."""
    petals.register(
        petals.Petal(
            code="services",
            name=_("Services"),
            menu=(petals.MenuEntry(_("One window"), "services_items"),),
        )
    )

"""Ecology tells the heart its event, its question and its menu."""

from django.apps import AppConfig


class EcologyConfig(AppConfig):
    """The petal as Django knows it."""

    name = "tongxin.petals.ecology"
    label = "ecology"

    def ready(self) -> None:
        """Register the petal's words and menu."""
        from tongxin.petals.ecology import registration

        registration.register_all()

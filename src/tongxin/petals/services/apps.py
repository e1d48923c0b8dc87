"""Services tells the heart its menu."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """The petal as Django knows it."""

    name = "tongxin.petals.services"
    label = "services"

    def ready(self) -> None:
        """Register the petal's words and menu."""
        from tongxin.petals.services import registration

        registration.register_all()

"""The front of the house as Django knows it."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, login, shell, home and boards."""

    name = "tongxin.site"
    label = "site"

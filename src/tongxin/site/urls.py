"""Addresses of the house; each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongxin.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health.live, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    path("", include("tongxin.heart.region.urls")),
    path("", include("tongxin.heart.exchange.urls")),
    path("", include("tongxin.heart.agreements.urls")),
    path("", include("tongxin.heart.cases.urls")),
    path("", include("tongxin.heart.ledger.urls")),
    path("", include("tongxin.petals.ecology.urls")),
    path("", include("tongxin.petals.services.urls")),
]

"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.petals.services import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("services/", screens.items, name="services_items"),
    path("services/results/", screens.results, name="services_results"),
    path("services/results/new/", screens.present, name="services_result_new"),
]

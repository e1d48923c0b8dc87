"""Addresses of the notifications and the search."""

from __future__ import annotations

from django.urls import URLPattern, path

from tongxin.site.finding import screens

urlpatterns: list[URLPattern] = [
    path("notifications/", screens.notices, name="notices"),
    path("notifications/read/", screens.read, name="notices_read"),
    path("search/", screens.search, name="search"),
]

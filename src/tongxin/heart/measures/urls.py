"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.measures import screens, screens_outcomes

urlpatterns: list[URLPattern | URLResolver] = [
    path("scores/", screens.index, name="scores"),
    path("scores/export/", screens.export, name="scores_export"),
    path("scores/outcomes/", screens_outcomes.index, name="scores_outcomes"),
    path("scores/months/<str:month>/", screens.month, name="scores_month"),
    path("scores/<slug:instrument>/", screens.instrument, name="scores_instrument"),
    path("scores/<slug:instrument>/duties/", screens.duties, name="scores_duties"),
]

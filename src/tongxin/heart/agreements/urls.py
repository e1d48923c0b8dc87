"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.agreements import screens, screens_calendar

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", screens_calendar.calendar, name="calendar"),
    path("agreements/", screens.register, name="agreements"),
    path("agreements/<str:version>/", screens.agreement, name="agreement"),
    path("agreements/<str:version>/file/", screens.file, name="agreement_file"),
]

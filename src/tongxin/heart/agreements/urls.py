"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.agreements import screens, screens_calendar, screens_drafts, screens_instruments

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", screens_calendar.calendar, name="calendar"),
    path("agreements/", screens.register, name="agreements"),
    path("agreements/new/", screens_drafts.new, name="agreement_new"),
    path("agreements/check/", screens_drafts.check, name="agreement_check"),
    path("agreements/drafts/", screens_drafts.overview, name="agreement_drafts"),
    path("agreements/drafts/<int:draft>/", screens_drafts.draft, name="agreement_draft"),
    path("agreements/drafts/<int:draft>/file/", screens_drafts.draft_file, name="agreement_draft_file"),
    path(
        "agreements/drafts/<int:draft>/difference/",
        screens_drafts.draft_difference,
        name="agreement_draft_difference",
    ),
    path("agreements/departures/<int:departure>/stay/", screens_instruments.stay, name="agreement_stay"),
    path("agreements/<str:version>/", screens.agreement, name="agreement"),
    path("agreements/<str:version>/file/", screens.file, name="agreement_file"),
    path("agreements/<str:version>/edit/", screens_drafts.edit, name="agreement_edit"),
    path("agreements/<str:version>/difference/", screens_instruments.difference, name="agreement_difference"),
    path("agreements/<str:version>/signing/", screens_instruments.sign_page, name="agreement_signing"),
    path("agreements/<str:version>/signature/", screens_instruments.sign, name="agreement_sign"),
    path("agreements/<str:version>/refusal/", screens_instruments.refuse, name="agreement_refuse"),
    path("agreements/<str:version>/ending/", screens_instruments.ending, name="agreement_ending"),
    path(
        "agreements/<str:version>/ending/signature/",
        screens_instruments.sign_ending,
        name="agreement_sign_ending",
    ),
    path("agreements/<str:version>/leaving/", screens_instruments.leave, name="agreement_leave"),
    path("agreements/<str:version>/milestone/", screens_instruments.milestone, name="agreement_milestone"),
]

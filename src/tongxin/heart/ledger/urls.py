"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.ledger import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("ledger/", screens.index, name="ledger"),
    path("ledger/<int:index>/", screens.entry, name="ledger_entry"),
    path("ledger/extract/", screens.extract, name="ledger_extract"),
    path("ledger/export.jsonl", screens.export, name="ledger_export"),
    path("ledger/checkpoint", screens.checkpoint, name="ledger_checkpoint"),
    path("ledger/verifier.py", screens.verifier, name="ledger_verifier"),
    path("guide/verify/", screens.guide, name="verify_guide"),
]

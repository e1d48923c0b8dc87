"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.petals.ecology import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents/", screens.incidents, name="incidents"),
    path("incidents/new/", screens.new, name="incident_new"),
    path("incidents/<str:number>/", screens.incident, name="incident"),
    path("incidents/<str:number>/notices/", screens.tell, name="incident_tell"),
    path("incidents/<str:number>/receipts/<uuid:message>/", screens.confirm, name="incident_confirm"),
]

"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.petals.ecology import screens, screens_acts

urlpatterns: list[URLPattern | URLResolver] = [
    path("incidents/", screens.incidents, name="incidents"),
    path("incidents/new/", screens.new, name="incident_new"),
    path("incidents/<str:number>/", screens.incident, name="incident"),
    path("incidents/<str:number>/notices/", screens.tell, name="incident_tell"),
    path("incidents/<str:number>/receipts/<uuid:message>/", screens.confirm, name="incident_confirm"),
    path("incidents/<str:number>/correct/", screens_acts.correct, name="incident_correct"),
    path("incidents/<str:number>/withdraw/", screens_acts.withdraw, name="incident_withdraw"),
    path("incidents/<str:number>/forecast/", screens_acts.forecast, name="incident_forecast"),
    path("incidents/<str:number>/object/", screens_acts.object_to, name="incident_object"),
    path("incidents/<str:number>/merge/", screens_acts.merge, name="incident_merge"),
    path(
        "incidents/<str:number>/merge/<int:proposal>/",
        screens_acts.answer_merge,
        name="incident_merge_answer",
    ),
    path("incidents/<str:number>/calls/", screens_acts.call, name="incident_call"),
    path("incidents/<str:number>/calls/<uuid:message>/", screens_acts.heard, name="incident_heard"),
    path("incidents/<str:number>/stand-downs/", screens_acts.stand_down, name="incident_stand_down"),
    path("incidents/<str:number>/warn/", screens_acts.warn, name="incident_warn"),
    path("incidents/<str:number>/close/", screens_acts.close, name="incident_close"),
]

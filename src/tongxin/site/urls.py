"""Addresses of the house; each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from tongxin.site import board, health, home, page_rules
from tongxin.site.api import api
from tongxin.site.people import screens_stand_ins

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", home.home, name="home"),
    path("desk/", board.desk, name="desk"),
    path("desk/export/", board.export, name="desk_export"),
    path("map/jurisdictions.geojson", home.places, name="map_places"),
    path("map/ties.json", home.map_ties, name="map_ties"),
    path("map/<slug:layer>.geojson", home.places, name="map_layer"),
    path("health/", health.live, name="health"),
    path("rules/", page_rules.now, name="rules"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("tongxin.site.account.urls")),
    path("people/", include("tongxin.site.people.urls")),
    path("stand-ins/", screens_stand_ins.index, name="stand_ins"),
    path("stand-ins/<int:substitution>/end/", screens_stand_ins.end, name="stand_in_end"),
    path("", include("tongxin.site.finding.urls")),
    path("", include("tongxin.heart.region.urls")),
    path("", include("tongxin.heart.exchange.urls")),
    path("", include("tongxin.heart.agreements.urls")),
    path("", include("tongxin.heart.agreements.urls_duties")),
    path("", include("tongxin.heart.cases.urls")),
    path("", include("tongxin.heart.measures.urls")),
    path("", include("tongxin.heart.ledger.urls")),
    path("", include("tongxin.petals.ecology.urls")),
    path("", include("tongxin.petals.services.urls")),
]

handler400 = "tongxin.site.refusals.bad_request"
handler403 = "tongxin.site.refusals.forbidden"
handler404 = "tongxin.site.refusals.not_found"
handler500 = "tongxin.site.refusals.fault"

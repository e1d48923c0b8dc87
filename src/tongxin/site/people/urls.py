"""Addresses of the administration."""

from __future__ import annotations

from django.urls import URLPattern, path

from tongxin.site.people import screens

urlpatterns: list[URLPattern] = [
    path("", screens.people, name="people"),
    path("new/", screens.new_person, name="people_new"),
    path("<int:person_id>/", screens.person, name="people_person"),
    path("<int:person_id>/reset/", screens.reset_login, name="people_reset"),
    path("<int:person_id>/open/", screens.set_login_open, name="people_open"),
    path("holdings/<int:holding_id>/end/", screens.end_holding, name="people_end_holding"),
    path("roster/", screens.roster, name="people_roster"),
    path("roster/<int:shift_id>/remove/", screens.remove_shift, name="people_remove_shift"),
    path("desks/", screens.desks, name="people_desks"),
    path("tokens/", screens.tokens, name="people_tokens"),
    path("tokens/<int:token_id>/revoke/", screens.revoke_token, name="people_revoke_token"),
]

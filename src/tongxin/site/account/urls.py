"""Addresses of the account. Only what we use of allauth is here: no sign-up, no e-mail, no reset by e-mail."""

from __future__ import annotations

from allauth.account import views as allauth_views
from allauth.mfa import urls as mfa_urls
from django.urls import URLPattern, URLResolver, include, path

from tongxin.site.account import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="account_index"),
    path("begin/", views.begin, name="account_begin"),
    path("post/", views.post, name="account_post"),
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", views.closed, name="account_inactive"),
    path("signup/", views.closed, name="account_signup"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/set/", views.closed, name="account_set_password"),
    path("password/reset/", views.closed, name="account_reset_password"),
    path("2fa/", include(mfa_urls)),
]

"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.exchange import screens

urlpatterns: list[URLPattern | URLResolver] = [
    path("outbox/", screens.outbox, name="outbox"),
    path("outbox/subscriptions/", screens.subscriptions, name="subscriptions"),
    path("outbox/subscriptions/<int:subscription_id>/", screens.subscription, name="subscription"),
    path(
        "outbox/subscriptions/<int:subscription_id>/active/", screens.set_active, name="subscription_active"
    ),
    path(
        "outbox/subscriptions/<int:subscription_id>/replay/", screens.replay_all, name="subscription_replay"
    ),
    path("outbox/<uuid:delivery_id>/", screens.delivery, name="outbox_delivery"),
    path("outbox/<uuid:delivery_id>/replay/", screens.replay, name="outbox_replay"),
]

"""Addresses of the room's screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongxin.heart.exchange import screens, screens_nodes, wire

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
    path("nodes/", screens_nodes.nodes, name="nodes"),
    path("nodes/notes/", screens_nodes.notes, name="notes"),
    path("nodes/peers/<slug:peer>/", screens_nodes.peer, name="node_peer"),
    path("nodes/peers/<slug:peer>/ping/", screens_nodes.ping, name="node_ping"),
    path("node/v1/identity", wire.identity, name="node_identity"),
    path("node/v1/envelopes", wire.envelopes, name="node_envelopes"),
]

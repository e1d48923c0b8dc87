"""Screens of the outbox: what goes out, one delivery's history, the subscriptions."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.heart.exchange import forms, keeping, queries, senders, words
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.models import Delivery, Subscription
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, form_page, no_store, tried
from tongxin.shared.named import pick

PAGE = 50


@require_safe
@for_staff
def outbox(request: StaffRequest) -> HttpResponse:
    """List what goes out for the jurisdiction's desks, by state, desk and subscription."""
    reader = request.acting
    asked = _asked(request)
    rows = queries.outbox(reader, **asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = queries.outbox_counts(reader)
    context = {
        "page": page,
        "rows": [_shown(row) for row in page],
        "asked": asked,
        "states": [
            {"code": code, "name": name, "count": counts[code]} for code, name in words.STATES.items()
        ],
        "all": sum(counts.values()),
        "desks": [
            {"id": row.pk, "name": words.desk(row)}
            for row in queries.own_desks(reader).filter(subscriptions__isnull=False).distinct()
        ],
        "subscribed": queries.subscriptions(reader).exists(),
        "chosen": _chosen(request, asked["subscription"]),
        "key": new_key(),
    }
    return no_store(render(request, "exchange/outbox.html", context))


@require_safe
@for_staff
def delivery(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Show one delivery: all that leaves, and how each attempt went."""
    row = queries.delivery(request.acting, str(delivery_id))
    history = [
        {
            "row": each,
            "outcome": words.OUTCOMES[each.outcome],
            "why": words.fault(each.error) if each.error else "",
        }
        for each in row.history.order_by("-number")
    ]
    payload = json.dumps(row.payload, ensure_ascii=False, indent=2)
    context = {**_shown(row), "history": history, "payload": payload, "key": new_key()}
    return no_store(render(request, "exchange/delivery.html", context))


@require_POST
@for_staff
def replay(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Send a delivery again that was given up."""
    keeping.replay(by=request.acting, key=form_key(request), delivery=str(delivery_id))
    messages.success(request, _("It is sent again."))
    return redirect("outbox_delivery", delivery_id=delivery_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def subscriptions(request: StaffRequest) -> HttpResponse:
    """List the subscriptions of the jurisdiction's desks; make one."""
    reader = request.acting
    rows = queries.subscriptions(reader)
    form = forms.NewSubscription(request.POST or None, reader=reader)
    once = tried(request, form, lambda data, key: keeping.subscribe(by=reader, key=key, **data))
    if once is not None:
        return _shown_once(request, once)
    shown = [_listed(row) for row in rows]
    return form_page(request, "exchange/subscriptions.html", {"form": form, "rows": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def subscription(request: StaffRequest, subscription_id: int) -> HttpResponse:
    """Show one subscription; change it."""
    row = queries.subscription(request.acting, subscription_id)
    sender = senders.by_name(row.connector)
    signed = sender is not None and sender.signed
    form = forms.ChangedSubscription(
        request.POST or None, signed=signed, initial={"target": row.target, "kinds": row.kinds}
    )
    once = tried(
        request,
        form,
        lambda data, key: keeping.change(by=request.acting, key=key, subscription=subscription_id, **data),
    )
    if once is not None and once.secret:
        return _shown_once(request, once)
    if once is not None:
        messages.success(request, _("The subscription is changed."))
        return redirect("subscription", subscription_id=subscription_id)
    return form_page(request, "exchange/subscription.html", {"form": form, **_listed(row)})


@require_POST
@for_staff
def set_active(request: StaffRequest, subscription_id: int) -> HttpResponse:
    """Stop a subscription, or resume it."""
    active = request.POST.get("active") == "yes"
    keeping.set_active(by=request.acting, key=form_key(request), subscription=subscription_id, active=active)
    said = _("The subscription runs again.") if active else _("The subscription is stopped.")
    messages.success(request, said)
    return redirect("subscription", subscription_id=subscription_id)


@require_POST
@for_staff
def replay_all(request: StaffRequest, subscription_id: int) -> HttpResponse:
    """Send everything again that was given up for a subscription."""
    done = keeping.replay_all(by=request.acting, key=form_key(request), subscription=subscription_id)
    count = done["replayed"]
    said = ngettext("%(n)d delivery is sent again.", "%(n)d deliveries are sent again.", count)
    messages.success(request, said % {"n": count})
    return redirect("subscription", subscription_id=subscription_id)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Return the filters of the address; what names nothing counts as not given."""
    state, number = request.GET.get("state", ""), request.GET.get("subscription", "")
    return {
        "state": state if state in Delivery.State.values else "",
        "subscription": int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None,
        "desk": request.GET.get("desk", "")[:80],
    }


def _chosen(request: StaffRequest, number: int | None) -> dict[str, Any] | None:
    """Return the subscription that the list is filtered by, when it is the reader's to know."""
    row = queries.subscriptions(request.acting).filter(pk=number).first() if number is not None else None
    return _listed(row) if row else None


def _shown(row: Delivery) -> dict[str, Any]:
    said = row.payload["words"]
    return {
        "row": row,
        "text": pick(said["zh"], said["en"]),
        "kind": words.kind(row.kind),
        "connector": words.connector(row.subscription.connector),
        "desk": words.desk(row.subscription.desk),
        "state": words.STATES[row.state],
        "why": words.fault(row.last_error) if row.last_error else "",
    }


def _listed(row: Subscription) -> dict[str, Any]:
    return {
        "subscription": row,
        "connector": words.connector(row.connector),
        "desk": words.desk(row.desk),
        "kinds": [words.kind(code) for code in row.kinds],
    }


def _shown_once(request: StaffRequest, once: keeping.Once) -> HttpResponse:
    """Show the secret on this one answer; nowhere does it stand afterwards."""
    row = queries.subscription(request.acting, once.result["subscription"])
    sender = senders.by_name(row.connector)
    if once.secret is None and sender is not None and not sender.signed:
        messages.success(request, _("The subscription is made."))
        return redirect("subscription", subscription_id=row.pk)
    return no_store(render(request, "exchange/once.html", {"secret": once.secret, **_listed(row)}))

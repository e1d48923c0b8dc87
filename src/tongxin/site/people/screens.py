"""Screens of the administration: people, a person, the roster, the tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, form_page, no_store, tried
from tongxin.heart.region.holdings import ADMINISTER, today
from tongxin.shared import clock
from tongxin.site.people import actions, queries
from tongxin.site.people.forms import MovedDesk, NewHolding, NewPerson, NewShift, NewToken

PAGE = 50


@require_safe
@for_staff
def people(request: StaffRequest) -> HttpResponse:
    """List the logins of the jurisdiction."""
    request.acting.need(ADMINISTER)
    page = Paginator(queries.people(request.acting), PAGE).get_page(request.GET.get("page"))
    return _page(request, "people/people.html", {"page": page, "today": today()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new_person(request: StaffRequest) -> HttpResponse:
    """Make a login with its first post."""
    request.acting.need(ADMINISTER)
    form = NewPerson(request.POST or None, reader=request.acting)
    once = tried(
        request, form,
        lambda data, key: actions.create_person(by=request.acting, key=key, **data),
    )  # fmt: skip
    if once is not None:
        return _shown_once(
            request, once, _("First password of %(name)s") % {"name": form.cleaned_data["username"]}, "people"
        )
    return _form_page(request, "people/new_person.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """Show a login with its posts; give it one more."""
    request.acting.need(ADMINISTER)
    who = queries.person(request.acting, person_id)
    form = NewHolding(request.POST or None, reader=request.acting)
    done = tried(
        request, form,
        lambda data, key: actions.give_holding(
            by=request.acting, key=key, person=person_id, post=data["post"],
            valid_from=data["valid_from"], valid_until=data["valid_until"],
        ),
    )  # fmt: skip
    if done is not None:
        messages.success(request, _("The post is given."))
        return redirect("people_person", person_id=person_id)
    return _form_page(request, "people/person.html", {"form": form, "person": who, "today": today()})


@require_POST
@for_staff
def end_holding(request: StaffRequest, holding_id: int) -> HttpResponse:
    """End a holding today."""
    row = queries.holding(request.acting, holding_id)
    actions.end_holding(by=request.acting, key=form_key(request), holding=holding_id)
    messages.success(request, _("The holding has ended. It takes effect at the person's next page."))
    return redirect("people_person", person_id=row.person_id)


@require_POST
@for_staff
def reset_login(request: StaffRequest, person_id: int) -> HttpResponse:
    """Give a new first password and take second factors away."""
    once = actions.reset_login(by=request.acting, key=form_key(request), person=person_id)
    who = queries.person(request.acting, person_id)
    return _shown_once(request, once, _("New password of %(name)s") % {"name": who.username}, "people")


@require_POST
@for_staff
def set_login_open(request: StaffRequest, person_id: int) -> HttpResponse:
    """Close a login, or open it again."""
    is_open = request.POST.get("open") == "yes"
    actions.set_login_open(by=request.acting, key=form_key(request), person=person_id, is_open=is_open)
    messages.success(request, _("The login is open.") if is_open else _("The login is closed."))
    return redirect("people_person", person_id=person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def roster(request: StaffRequest) -> HttpResponse:
    """Show who is on duty when; add a shift."""
    request.acting.need(actions.MANAGE_ROSTER)
    form = NewShift(request.POST or None, reader=request.acting)

    def add(data: dict[str, Any], key: str) -> Any:
        post, desk = form.chosen_seat()
        return actions.add_shift(
            by=request.acting,
            key=key,
            post=post,
            desk=desk,
            from_at=data["from_at"],
            until_at=data["until_at"],
        )

    if tried(request, form, add) is not None:
        messages.success(request, _("The shift is on the roster."))
        return redirect("people_roster")
    page = Paginator(queries.shifts(request.acting), PAGE).get_page(request.GET.get("page"))
    return _form_page(request, "people/roster.html", {"form": form, "page": page, "now": clock.now()})


@require_POST
@for_staff
def remove_shift(request: StaffRequest, shift_id: int) -> HttpResponse:
    """Take a shift off the roster."""
    actions.remove_shift(by=request.acting, key=form_key(request), shift=shift_id)
    messages.success(request, _("The shift is off the roster."))
    return redirect("people_roster")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def desks(request: StaffRequest) -> HttpResponse:
    """Show which office staffs which desk; let another office staff one."""
    request.acting.need(ADMINISTER)
    form = MovedDesk(request.POST or None, reader=request.acting)
    done = tried(
        request, form,
        lambda data, key: actions.move_desk(by=request.acting, key=key, **data),
    )  # fmt: skip
    if done is not None:
        messages.success(request, _("The desk moves. Its duties, cases and clocks stay as they are."))
        return redirect("people_desks")
    rows = queries.desks(request.acting)
    return _form_page(request, "people/desks.html", {"form": form, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def tokens(request: StaffRequest) -> HttpResponse:
    """List the tokens of the jurisdiction's offices; issue one."""
    request.acting.need(ADMINISTER)
    form = NewToken(request.POST or None, reader=request.acting)

    def issue(data: dict[str, Any], key: str) -> actions.Once:
        post, desk = form.chosen_seat()
        return actions.issue_token(by=request.acting, key=key, post=post, desk=desk, label=data["label"])

    once = tried(request, form, issue)
    if once is not None:
        return _shown_once(request, once, _("The new token"), "people_tokens")
    page = Paginator(queries.tokens(request.acting), PAGE).get_page(request.GET.get("page"))
    return _form_page(request, "people/tokens.html", {"form": form, "page": page})


@require_POST
@for_staff
def revoke_token(request: StaffRequest, token_id: int) -> HttpResponse:
    """Revoke a token."""
    actions.revoke_token(by=request.acting, key=form_key(request), token=token_id)
    messages.success(request, _("The token is revoked. The next call with it is refused."))
    return redirect("people_tokens")


def _form_page(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a page with a form; 422 when it came back, with the key it was sent with."""
    return form_page(request, template, {**context, "place": queries.jurisdiction(request.acting)})


def _page(request: StaffRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    place = queries.jurisdiction(request.acting)
    return no_store(render(request, template, {**context, "place": place}, status=status))


def _shown_once(request: StaffRequest, once: actions.Once, title: str, back: str) -> HttpResponse:
    """Show a secret on this one answer; nowhere does it stand afterwards."""
    return _page(request, "people/once.html", {"title": title, "secret": once.secret, "back": back})

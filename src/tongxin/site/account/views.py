"""Screens of the account: where a login begins, which post to act in, what the login consists of."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.heart.region.holdings import Seat
from tongxin.site.account import demo, seats, words
from tongxin.site.account.forms import ChoosePost
from tongxin.site.context import address


@require_safe
@never_cache
@login_required
def begin(request: HttpRequest) -> HttpResponse:
    """Send a person who just logged in where work begins."""
    if request.needs_second_factor:  # type: ignore[attr-defined]
        return redirect("mfa_index")
    held: list[Seat] = request.seats  # type: ignore[attr-defined]
    if request.acting is None and len(held) > 1:  # type: ignore[attr-defined]
        return redirect("account_post")
    return redirect("desk" if held and _known("desk") else "/")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def post(request: HttpRequest) -> HttpResponseBase:
    """Choose the post to act in, or change it. What may be seen is judged anew from the next page on."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    held: list[Seat] = request.seats  # type: ignore[attr-defined]
    acting = request.acting  # type: ignore[attr-defined]
    onward = _safe_next(request)
    form = ChoosePost(
        request.POST or None,
        choices=words.choices(held),
        initial={"seat": f"{acting.post}@{acting.desk}" if acting else None},
    )
    if request.method == "POST" and form.is_valid():
        seats.choose(request, next(s for s in held if s.code == form.cleaned_data["seat"]))
        return redirect(onward or ("desk" if _known("desk") else "/"))
    context = {"form": form, "seats": held, "next": onward}
    return render(request, "account/post.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Show what this login consists of."""
    kinds = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    return render(request, "account/index.html", {"kinds": kinds, "seats": request.seats})  # type: ignore[attr-defined]


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Say that nobody signs up here and who gives logins and new passwords."""
    return render(request, "account/closed.html")


class SignInView(LoginView):  # type: ignore[misc]
    """allauth's login, answered with 422 when refused; the demonstration lists its logins."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with what was typed except the password."""
        locked_out = any(e.code == "locked_out" for e in form.non_field_errors().as_data())
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 429 if locked_out else 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo logins."""
        more = {"demo_people": demo.people(), "demo_password": demo.password()}
        return {**super().get_context_data(**kwargs), **more}


def _safe_next(request: HttpRequest) -> str:
    onward = request.POST.get("next") or request.GET.get("next") or ""
    return onward if url_has_allowed_host_and_scheme(onward, {request.get_host()}) else ""


def _known(name: str) -> bool:
    return bool(address(name))

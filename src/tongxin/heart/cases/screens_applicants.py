"""Screens of an application without a login: what an item asks, the form, its preview, a draft, the tracking slip."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongxin.heart.cases import (
    actions,
    applicants,
    drafts,
    form_tokens,
    guesses,
    qr,
    queries,
    slips,
    windows,
    words,
)
from tongxin.heart.cases.forms_applicants import ApplyForm, DraftForm
from tongxin.heart.cases.forms_papers import KEPT
from tongxin.heart.cases.models import Procedure
from tongxin.heart.cases.papers import Arrived
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange.screen_parts import no_store, switched
from tongxin.shared import clock
from tongxin.shared.addresses import client_address
from tongxin.shared.errors import Invalid, KeyReused, NotAllowed, NotFound

NOT_A_FIELD = {
    "csrfmiddlewaretoken",
    "do",
    "form",
    "key",
    "agreed",
    "website",
    "secret",
    "at",
    "number",
    "language",
}
MOST_TYPED = 60_000  # characters of a draft


@require_GET
def item(request: HttpRequest, procedure: str) -> HttpResponse:
    """Show what an item asks: papers, time, who decides, what the clause says; no login is needed."""
    row, read = queries.procedure(procedure)
    context = {
        "row": row,
        "procedure": read,
        "windows": windows.taking(read),
        "clauses": windows.clauses(read),
        "ratings": applicants.ratings(row.name),
        "links": _links(read),
    }
    return render(request, "cases/apply_item.html", context)


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, procedure: str) -> HttpResponse:
    """Fill in an application, look it over, send it; or keep it as a draft. Nothing typed is lost on the way."""
    row, read = queries.procedure(procedure)
    if request.method == "GET":
        return _form(request, row, read, _blank(read), form_tokens.new(row.name))
    if switched(request) and request.POST.get("at") == "slip":
        return _slip_again(request)
    guesses.begin(guesses.APPLY, client_address(request), request)
    typed = _blank(read, request.POST, request.FILES)
    typed.is_valid()
    token = form_tokens.read(request.POST.get("form", ""), row.name)
    if token is not None:
        guesses.weigh(
            sum(each.size or 0 for name in request.FILES for each in request.FILES.getlist(name)),
            token.key,
            request,
        )
    typed.take_in(new=token is not None)
    # The language switch shows the same page once more: as it was typed, with what was wrong, or looked over.
    do = request.POST.get("at" if switched(request) else "do", "preview")
    if do == "draft":
        return _keep_draft(request, row, read, typed)
    if do == "edit" and token is not None:
        return _form(request, row, read, typed, token, again=True)
    if token is None:
        typed.add_error(None, _("This form was open for more than a day. Look it over and send it again."))
    elif do != "faults" and _looks_made(typed, token):
        typed.add_error(
            None, _("This was sent faster than a form is filled in. Look it over and send it again.")
        )
    _judge(typed)
    if typed.errors or token is None or do == "faults":
        return _form(request, row, read, typed, token or form_tokens.new(row.name))
    if do == "send":
        return _send(request, row, read, typed, token)
    return _preview(request, row, read, typed, token)


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Go on with a draft: its secret is sent, never written into an address."""
    asked = DraftForm(request.POST if request.method == "POST" else None)
    kept = switched(request) and request.POST.get("at") == "kept"
    if switched(request) and not kept:
        asked = DraftForm(initial={"secret": request.POST.get("secret", "")[:40]})
    elif request.method == "POST" and asked.is_valid():
        try:
            typed, until = drafts.opened(asked.cleaned_data["secret"], request)
        except NotFound as refused:
            asked.add_error("secret", f"{refused.what} {refused.todo}")
        else:
            row, read = queries.procedure(str(typed.pop("procedure", "")))
            if kept:
                return _kept(request, row, read, asked.cleaned_data["secret"], until)
            for file in typed.pop("arrived", []):
                typed[KEPT + str(file["kind"])] = Arrived(**file).remembered
            found = _blank(read, MultiValueDict({name: [text] for name, text in typed.items()}), {})
            found.is_valid()
            found.take_in()
            return _form(request, row, read, found, form_tokens.new(row.name), again=True)
    context = {"form": asked, "days": drafts.KEPT.days}
    return no_store(render(request, "cases/apply_draft.html", context, status=422 if asked.errors else 200))


def slip(request: HttpRequest, number: str, secret: str, *, staff: bool = False) -> HttpResponse:
    """Show a tracking slip, to be printed: the only time that its secret is seen."""
    row = applicants.case_of(number)
    context = {
        "base": "shell/base.html" if staff else "shell/public.html",
        "case": row,
        "title": words.title(row.procedure),
        "secret": secret,
        "code": qr.code(qr.track_address(number)),
        "address": qr.track_address(),
        "staff": staff,
    }
    return no_store(render(request, "cases/slip.html", context))


def _slip_again(request: HttpRequest) -> HttpResponse:
    """Show a slip again to whom it is shown already, in the other language."""
    secret = request.POST.get("secret", "")
    return slip(request, slips.opened(request.POST.get("number", ""), secret, request).case_id, secret)


def _blank(read: ProcedureFile, *sent: Any) -> ApplyForm:
    desks = windows.taking(read)
    return ApplyForm(read, windows.deciders(read, desks), desks, *sent)


def _form(
    request: HttpRequest,
    row: Procedure,
    read: ProcedureFile,
    typed: ApplyForm,
    token: form_tokens.Token,
    *,
    again: bool = False,
) -> HttpResponse:
    """Render the form; `again` where it comes back on purpose, without anything being wrong."""
    if again:
        typed.errors.clear()
    context = {
        "row": row,
        "procedure": read,
        "form": typed,
        "token": token,
        "links": _links(read, _("Application")),
        "days": drafts.KEPT.days,
    }
    wrong = typed.is_bound and bool(typed.errors)
    return no_store(render(request, "cases/apply_form.html", context, status=422 if wrong else 200))


def _looks_made(typed: ApplyForm, token: form_tokens.Token) -> bool:
    """Whether a form was filled in by a program: too quickly, or in a field that nobody sees."""
    return token.age < form_tokens.QUICKEST or bool(typed.cleaned_data.get("website"))


def _judge(typed: ApplyForm) -> None:
    """Ask what the action would say, beside what is wrong already: the preview shows only what can be sent."""
    said = typed.application()
    kinds = [file.kind for file in said["files"]]
    try:
        actions.check(
            said["procedure"], said["applicant"], kinds, said["accept_at"], said["decide_at"], clock.now()
        )
    except Invalid as refused:
        typed.take(refused)
    except NotAllowed as refused:
        typed.add_error("accept_at", str(refused.what))


def _preview(
    request: HttpRequest, row: Procedure, read: ProcedureFile, typed: ApplyForm, token: form_tokens.Token
) -> HttpResponse:
    said = typed.application()
    shown = dict(typed.fields["decide_at"].choices), dict(typed.fields["accept_at"].choices)  # type: ignore[attr-defined]
    context = {
        "row": row,
        "procedure": read,
        "form": typed,
        "token": token,
        "decides": shown[0].get(said["decide_at"], ""),
        "accepts": shown[1].get(said["accept_at"], shown[1][""]),
        "given": [(f, said["applicant"][f.id]) for f in read.applicant],
        "files": [(kind, typed.arrived.get(kind.id)) for kind in read.papers],
        "links": _links(read, _("Look it over")),
    }
    return no_store(render(request, "cases/apply_preview.html", context, status=422 if typed.errors else 200))


def _send(
    request: HttpRequest, row: Procedure, read: ProcedureFile, typed: ApplyForm, token: form_tokens.Token
) -> HttpResponse:
    secret = slips.new_secret(token.seed)
    try:
        done = actions.apply(
            key=token.key,
            secret=secret,
            agreed=bool(typed.cleaned_data.get("agreed")),
            **typed.application(),
        )
    except (Invalid, KeyReused) as refused:
        if isinstance(refused, Invalid):
            typed.take(refused)
        else:
            typed.add_error(None, _("This form was sent before with other content; that application stands."))
        return _preview(request, row, read, typed, token)
    slips.still_stands(done["case"], secret)
    return slip(request, done["case"], secret)


def _keep_draft(request: HttpRequest, row: Procedure, read: ProcedureFile, typed: ApplyForm) -> HttpResponse:
    """Keep what was typed and taken in under a fresh secret."""
    kept = {name: str(value)[:2000] for name, value in typed.data.items() if name not in NOT_A_FIELD}
    kept = {name: value for name, value in kept.items() if name in typed.fields and not name.startswith(KEPT)}
    if sum(len(value) for value in kept.values()) > MOST_TYPED:
        raise PermissionDenied
    secret, made = drafts.save(
        kept | {"procedure": row.name, "arrived": [asdict(file) for file in typed.arrived.values()]},
        [file.sha256 for file in typed.arrived.values()],
    )
    return _kept(request, row, read, secret, made.until)


def _kept(
    request: HttpRequest, row: Procedure, read: ProcedureFile, secret: str, until: datetime
) -> HttpResponse:
    context = {
        "secret": secret,
        "until": until,
        "links": _links(read, _("Draft")),
        "row": row,
    }
    return no_store(render(request, "cases/apply_kept.html", context))


def _links(read: ProcedureFile, here: str = "") -> list[dict[str, Any]]:
    first = {"label": _("One window"), "url": "/services/"}
    if not here:
        return [first, {"label": read.title}]
    return [
        first,
        {"label": read.title, "url": reverse("apply_item", args=[read.procedure])},
        {"label": here},
    ]

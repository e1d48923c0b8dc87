"""Screens of the desk's day: the lists a clerk works off, saved filters, and whose table a case lies on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, bulk, forms_bulk, inbox, queries, views, words
from tongxin.heart.cases.actions.viewing import MAX_NAME, MOST
from tongxin.heart.cases.models import Case, SavedView
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.exchange.screen_parts import take as take_refusal
from tongxin.heart.ledger.remembered import remembered
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick


class NameForm(forms.Form):
    """A name for filters, and whether the desk shares them."""

    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name of the filters"), max_length=MAX_NAME)
    shared = forms.BooleanField(
        label=gettext_lazy("Share with the desk"),
        help_text=gettext_lazy("All colleagues of this desk see them as a list of their own."),
        required=False,
    )


class GiveForm(forms.Form):
    """A colleague of the desk."""

    use_required_attribute = False
    to = forms.TypedChoiceField(
        label=pgettext_lazy("a case", "To whom"), coerce=int, empty_value=None, widget=forms.RadioSelect
    )

    def __init__(self, desk: str, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"].choices = forms_bulk.people(desk)  # type: ignore[attr-defined]


@require_GET
@for_staff
def index(request: StaffRequest) -> HttpResponse:
    """Show one list of the desk's day."""
    return _list(request, views.asked(request.GET))


@require_POST
@for_staff
def save(request: StaffRequest) -> HttpResponse:
    """Save the filters of the list under a name."""
    asked, form = views.asked(request.POST), NameForm(request.POST)
    if form.is_valid():
        try:
            done = actions.save_view(
                by=request.acting, key=form_key(request), filters=asked.filters, **form.cleaned_data
            )
        except Invalid as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, _("Saved. It stands beside the lists from now on."))
            query = urlencode({**asked.filters, "view": done["view"]})
            return redirect(f"{reverse('cases_inbox')}?{query}")
    return _list(request, asked, form)


@require_http_methods(["GET", "POST"])
@for_staff
def saved(request: StaffRequest) -> HttpResponse:
    """Show the saved filters; rename, share or delete one's own."""
    rows = views.saved(request.acting)
    own = [row for row in rows if row.person_id == request.acting.person_id]
    form, chosen = None, ""
    if request.method == "POST":
        chosen, form = request.POST.get("view", ""), NameForm(request.POST)
        if form.is_valid():
            view = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
            try:
                actions.change_view(by=request.acting, key=form_key(request), view=view, **form.cleaned_data)
            except Invalid as refused:
                take_refusal(form, refused)
            else:
                messages.success(request, _("Changed."))
                return redirect("cases_views")
    context = {
        "own": [(row, form if form and str(row.pk) == chosen else _name_form(row)) for row in own],
        "others": [row for row in rows if row not in own],
        "form": form,
        "most": MOST,
        "key": form_key(request),
        "links": _links(_("Saved filters")),
    }  # fmt: skip
    return render(request, "cases/views.html", context, status=422 if form else 200)


@require_POST
@for_staff
def delete(request: StaffRequest, view: int) -> HttpResponse:
    """Delete one's own saved filters."""
    actions.delete_view(by=request.acting, key=form_key(request), view=view)
    messages.success(request, _("Deleted."))
    return redirect("cases_views")


@require_POST
@for_staff
def take(request: StaffRequest, number: str) -> HttpResponse:
    """Take a case on one's own table."""
    before = inbox.of_case(request.acting, number)
    actions.take(by=request.acting, key=form_key(request), number=number)
    said = _("You see to this case now: it stands in your list, and your colleagues see that it is with you.")
    if before is not None and before.person_id not in request.acting.persons:
        name = before.person.display_name or before.person.username
        said = _("You see to this case now instead of %(name)s, in whose list it no longer stands.") % {
            "name": name
        }
    messages.success(request, said)
    return redirect("case", number=number)


@require_POST
@for_staff
def put_back(request: StaffRequest, number: str) -> HttpResponse:
    """Put a case back to the desk."""
    actions.put_back(by=request.acting, key=form_key(request), number=number)
    messages.success(
        request, _("Nobody in particular sees to this case now: whoever of the desk opens it goes on.")
    )
    return redirect("case", number=number)


@require_http_methods(["GET", "POST"])
@for_staff
def give(request: StaffRequest, number: str) -> HttpResponse:
    """Give a case to a colleague of the desk."""
    row = queries.case(request.acting, number)
    form = GiveForm(request.acting.desk, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.give(by=request.acting, key=form_key(request), number=number, to=form.cleaned_data["to"])
        except Invalid as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, _("Given. It stands in the colleague's list."))
            return redirect("case", number=number)
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "form": form,
        "key": form_key(request),
        "links": [
            *_links()[:-1],
            {"label": number, "url": reverse("case", args=[number])},
            {"label": _("Give to a colleague")},
        ],
    }  # fmt: skip
    return render(request, "cases/give.html", context, status=422 if form.errors else 200)


def _list(request: StaffRequest, asked: inbox.Asked, form: NameForm | None = None) -> HttpResponse:
    """Render a list; the form of a name that was refused stands in it again."""
    reader = request.acting
    page = inbox.page(reader, asked)
    who = f"{reader.desk}:{reader.person_id}:{reader.absent_id}"
    counts = remembered(request, f"inbox:{who}", lambda: inbox.counts(reader))
    kept = views.saved(reader)
    chosen = request.GET.get("view", "")
    view = next((row for row in kept if str(row.pk) == chosen), None)
    context = {
        "asked": asked,
        "filtered": bool(set(asked.filters) - {"tab"}),
        "tabs": [
            {"code": code, "name": name, "count": _counted(counts[code]), "hot": code == "overdue" and counts[code]}
            for code, name in inbox.TABS.items()
        ],
        "unknown": _unknown(request, view),
        "tab_name": view.name if view else inbox.TABS[asked.tab],
        "views": [_tab(row, reader.person_id) for row in kept],
        "view": view,
        "lines": [_row(line) for line in page.lines],
        "after": page.after,
        "procedures": remembered(request, f"inbox-kinds:{reader.desk}", lambda: inbox.procedures_of(reader)),
        "states": [(code, words.STATES[code]) for code in inbox.STATES],
        "sides": inbox.SIDES.items(),
        "acts": bulk.fitting(reader, asked.tab),
        "act": request.GET.get("act", ""),
        "list": urlencode({**asked.filters, "after": asked.after, "view": str(view.pk) if view else ""}),
        "form": form or NameForm(),
        "may_file": "file_case" in reader.capabilities,
        "may_save": reader.person_id is not None,
        "key": form_key(request),
        "bulk_key": new_key(),
    }  # fmt: skip
    return render(request, "cases/inbox.html", context, status=422 if form else 200)


def _unknown(request: StaffRequest, view: SavedView | None) -> list[str]:
    """Return in words what an address names that is not there: what is not understood is not silently left out."""
    lists = {"tab": inbox.TABS, "state": inbox.STATES, "side": inbox.SIDES}
    found = [
        f"{name}={request.GET[name][:40]}"
        for name, known in lists.items()
        if request.GET.get(name) and request.GET[name] not in known
    ]
    if request.GET.get("view") and view is None:
        found.append(
            _("saved filters no. %(n)s (deleted, or no longer shared)") % {"n": request.GET["view"][:20]}
        )
    return found


def _name_form(row: SavedView) -> NameForm:
    return NameForm(initial={"name": row.name, "shared": row.shared}, auto_id=f"id_{row.pk}_%s")


def _tab(row: SavedView, person: int | None) -> dict[str, Any]:
    return {
        "row": row,
        "own": row.person_id == person,
        "url": f"{reverse('cases_inbox')}?{urlencode({**views.cleaned(row.filters), 'view': str(row.pk)})}",
    }


def _counted(n: int) -> str:
    return f"{inbox.MOST}+" if n > inbox.MOST else str(n)


def _row(line: inbox.Line) -> dict[str, Any]:
    """Return what a line shows: the case, its clock and why it stands there."""
    row = line.case
    pause = row.pauses[-1] if row.state == row.State.SUSPENDED and row.pauses else None
    return {
        "case": row,
        "title": words.title(row.procedure),
        "state": words.state_of(row),
        "due": line.due,
        "late": line.due is not None
        and line.due < clock.now()
        and line.why in {"promise", "answer", "others"},
        "since": datetime.fromisoformat(pause["from"]) if pause else None,
        "why": why(line),
        "colleague": line.colleague,
        "mine": line.mine,
        "told": line.why == "told",
    }


def why(line: inbox.Line) -> str:
    """Return in words why a case stands in the desk's lists: what is due, or what is waited for."""
    row = line.case
    match line.why:
        case "answer":
            return _("Answer the offer of %(desk)s") % {"desk": _desk(row.holder)}
        case "accept":
            return _("Look through and accept")
        case "told":
            return _("Tell the applicant, then close")
        case "others":
            offer = row.frozen_by
            other = offer.to_desk if offer is not None else row.holder
            said = _("Offered to %(desk)s") if offer is not None else _("In the hands of %(desk)s")
            return said % {"desk": _desk(other)}
        case "applicant":
            return _paused(line)
    return (
        _("Decide by the promise")
        if row.holder_id == row.competent_desk_id
        else _("Offer to the office that decides")
    )


def _paused(line: inbox.Line) -> str:
    """Return what a suspension waits for: the papers that were asked for, else its ground."""
    row = line.case
    pause: dict[str, Any] = row.pauses[-1] if row.pauses else {"ground": "", "missing": [], "facts": ""}
    body = row.procedure.body
    kinds = (*body["papers"], *body["suspend"])
    named: dict[str, str] = {each["id"]: pick(each["name"]["zh"], each["name"]["en"]) for each in kinds}
    asked = [*(named.get(each, each) for each in pause["missing"]), pause["facts"]]
    what = pick("、", ", ").join(filter(None, asked))
    ground = str(pause["ground"])
    return _("Asked for: %(what)s") % {"what": what} if what else named.get(ground, ground)


def _desk(desk: Any) -> str:
    return str(wording.desk_name(desk))


def _links(last: str = "") -> list[dict[str, Any]]:
    return [
        {"label": _("My office"), "url": "/desk/"},
        {"label": _("The desk's day"), "url": reverse("cases_inbox")},
        {"label": last},
    ]


def table_of(reader: Acting, row: Case) -> dict[str, Any]:
    """Return for the page of a case whose table of the reader's desk it lies on."""
    given = inbox.of_case(reader, row.number)
    return {
        "colleague": given.person.display_name or given.person.username if given else "",
        "on_my_table": given is not None and given.person_id in reader.persons,
        "may_table": actions.may_table(reader, row),
        "may_take": reader.person_id is not None,
        "table_key": new_key(),
    }

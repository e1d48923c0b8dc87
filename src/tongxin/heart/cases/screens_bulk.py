"""Screens of one act for several cases: the preview, which changes nothing, the confirmation, and what came of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.cases import actions, bulk, forms_bulk, screens, views, words
from tongxin.heart.exchange import exports
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, switched
from tongxin.shared.errors import Invalid

SEEN = "~"  # between a number and the mark of what was seen of it


@require_POST
@for_staff
def preview(request: StaffRequest) -> HttpResponse:
    """Show for each chosen case what the act would do, and why some cannot; nothing is written."""
    reader, name = request.acting, request.POST.get("act", "")
    numbers = _numbers(request.POST)
    bulk.need(reader, name)
    if not numbers:
        messages.warning(request, _("Choose cases first: tick the boxes before them."))
        return redirect(f"{reverse('cases_inbox')}?{urlencode({**_list_of(request.POST), 'act': name})}")
    if len(numbers) > bulk.MOST:
        raise Invalid(_("Nothing was done."), {"cases": [_("Choose 1 to %(n)d cases.") % {"n": bulk.MOST}]})
    found = bulk.chosen(reader, numbers, people=name == "give")
    form = forms_bulk.GivenForm(name, found, request.POST if "asked" in request.POST else None)
    # The language switch of the first look sends the form as well, but asks for nothing.
    asked = form.is_bound and not (switched(request) and request.POST["asked"] == "first")
    ready = not form.fields or (asked and form.is_valid())
    if not asked:
        form.errors.clear()
    verdicts = bulk.judged(found, numbers, name, form.given) if ready else []
    able = [each for each in verdicts if each.yes]
    context = {
        "act": name,
        "act_name": bulk.ACTS[name],
        "numbers": numbers,
        "chosen": [_line(found.lines[number]) for number in numbers if number in found.lines],
        "form": form,
        "asked": asked,
        "ready": ready,
        "verdicts": [{"of": each, **(_line(each.line) if each.line else {})} for each in verdicts],
        "able": able,
        "unable": len(verdicts) - len(able),
        "given": [(field, value) for field in form.fields for value in request.POST.getlist(field)],
        "said": ngettext("%(n)d case can", "%(n)d cases can", len(able)) % {"n": len(able)},
        "export": name == "export",
        "key": new_key(),
        "links": _links(str(bulk.ACTS[name])),
    }
    return render(request, "cases/bulk.html", context, status=422 if asked and not ready else 200)


@require_POST
@for_staff
def confirm(request: StaffRequest) -> HttpResponse:
    """Do what the preview showed, case by case; sent again, it is answered from the first time."""
    reader, name = request.acting, request.POST.get("act", "")
    cases = [_seen(each) for each in request.POST.getlist("case")[: bulk.MOST + 1]]
    if name == "export":
        return _export(request, [number for number, _mark in cases])
    given: dict[str, Any] = {
        field: request.POST.get(field, "")[:400]
        for field in bulk.GIVEN.get(name, ())
        if field in request.POST
    }
    if "missing" in given:
        given["missing"] = request.POST.getlist("missing")[:60]
    if "to" in given:
        given["to"] = int(given["to"]) if given["to"].isdecimal() and len(given["to"]) < 18 else 0
    run = actions.begin(by=reader, key=form_key(request), name=name, given=given, cases=cases)
    actions.carry_on(by=reader, run=run)
    return redirect("cases_bulk_run", run=run)


@require_POST
@for_staff
def carry_on(request: StaffRequest, run: str) -> HttpResponse:
    """Go on with a run that was cut off."""
    actions.carry_on(by=request.acting, run=str(run))
    return redirect("cases_bulk_run", run=run)


@require_GET
@for_staff
def result(request: StaffRequest, run: str) -> HttpResponse:
    """Show what came of each case."""
    reader = request.acting
    row = bulk.run_of(reader, str(run))
    done = bulk.done_of(row)
    found = bulk.chosen(reader, [number for number, _mark in row.cases])
    rows = [
        {
            "number": number,
            "of": done.get(number),
            **(_line(found.lines[number]) if number in found.lines else {}),
        }
        for number, _mark in row.cases
    ]
    context = {
        "run": row,
        "act_name": bulk.ACTS[row.act],
        "given": bulk.given_in_words(row.act, row.given, reader),
        "done": [each for each in rows if each["of"] and each["of"]["done"]],
        "not_done": [each for each in rows if each["of"] and not each["of"]["done"]],
        "open": [each for each in rows if not each["of"]],
        "mine": row.post == reader.post,
        "links": _links(str(bulk.ACTS[row.act])),
    }
    return render(request, "cases/bulk_result.html", context)


def _export(request: StaffRequest, numbers: list[str]) -> HttpResponse:
    """Hand the chosen cases out as a file, like the whole list; that it left the house is an entry."""
    found = bulk.chosen(request.acting, numbers[: bulk.MOST])
    rows = [line.case for line in found.lines.values()]
    exports.record(
        by=request.acting,
        key=form_key(request),
        name="cases.list.exported",
        subject=f"desk:{request.acting.desk}/cases",
        rows=len(rows),
        fields=screens.EXPORTED,
        filters={"numbers": " ".join(row.number for row in rows)},
    )
    return exports.csv_response("cases", screens.export_head(), [screens.exported(row) for row in rows])


def _line(line: Any) -> dict[str, Any]:
    row = line.case
    return {
        "case": row,
        "title": words.title(row.procedure),
        "state": words.state_of(row),
        "due": line.due,
        "colleague": line.colleague,
    }


def _numbers(given: QueryDict) -> list[str]:
    """Return the numbers that were ticked, each once; more than a run takes shows."""
    numbers = (each.replace("\x00", "")[:20] for each in given.getlist("case")[: bulk.MOST + 1])
    return list(dict.fromkeys(number for number in numbers if number))


def _list_of(given: QueryDict) -> dict[str, str]:
    """Return which list the cases were to be ticked in: its filters, its saved name and its page."""
    said = dict(parse_qsl(given.get("list", "")[:600].replace("\x00", "")))
    places = {name: said[name][:80] for name in ("view", "after") if said.get(name)}
    return {**views.cleaned(said), **places}


def _seen(text: str) -> tuple[str, str]:
    number, _tilde, mark = text.replace("\x00", "")[:60].partition(SEEN)
    return number[:20], mark if mark.partition(".")[0].isdecimal() else ""


def _links(last: str) -> list[dict[str, Any]]:
    return [
        {"label": _("My office"), "url": "/desk/"},
        {"label": _("The desk's day"), "url": reverse("cases_inbox")},
        {"label": last},
    ]

"""Screens of texts for notices: the desk's texts, one of them with a preview on a real case, the printed notice."""

from __future__ import annotations

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.cases import actions, notice_files, notice_texts, queries, words
from tongxin.heart.cases.models import Case, NoticeText
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, no_store, take
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotFound


class TextForm(django_forms.Form):
    """A text in both languages, the version that was seen, and the case that the preview is of."""

    use_required_attribute = False
    text_zh = django_forms.CharField(
        label=gettext_lazy("Text in Chinese"), required=False,
        widget=django_forms.Textarea(attrs={"rows": 5, "maxlength": notice_files.MAX}),
    )  # fmt: skip
    text_en = django_forms.CharField(
        label=gettext_lazy("Text in English"), required=False,
        widget=django_forms.Textarea(attrs={"rows": 5, "maxlength": notice_files.MAX}),
    )  # fmt: skip
    number = django_forms.CharField(
        label=gettext_lazy("Case for the preview"), required=False, max_length=20,
        help_text=gettext_lazy("A number of a case that the desk may see; without one the newest."),
    )  # fmt: skip
    seen = django_forms.IntegerField(widget=django_forms.HiddenInput)


@require_GET
@for_staff
def texts(request: StaffRequest) -> HttpResponse:
    """List the texts that the reader's desk uses."""
    rows = [
        {"text": each, "use": notice_texts.USES[each.row.use]} for each in notice_texts.usable(request.acting)
    ]
    links = [{"label": _("Cases"), "url": reverse("cases")}, {"label": _("Texts for notices")}]
    return render(request, "cases/texts.html", {"rows": rows, "links": links})


@require_http_methods(["GET", "POST"])
@for_staff
def text(request: StaffRequest, name: str) -> HttpResponse:
    """Show one text with its places, its history and a preview; change it for the own desk."""
    reader = request.acting
    now = notice_texts.one(reader, name)
    start = {"text_zh": now.row.text_zh, "text_en": now.row.text_en, "seen": now.row.pk}
    start["number"] = request.GET.get("number", "").replace("\x00", "")[:20]
    form = TextForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound:
        _may_write(reader)
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        given = {name: form.cleaned_data[name] for name in ("text_zh", "text_en", "seen")}
        try:
            actions.change_text(by=reader, key=form_key(request), name=name, **given)
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("From now on your office uses this wording."))
            return redirect("case_text", name=name)
    shown = form.data if form.is_bound else start
    case = _case(reader, str(shown.get("number", "")))
    context = {
        "now": now,
        "use": notice_texts.USES[now.row.use],
        "form": form,
        "key": form_key(request),
        "may_write": bool(reader.capabilities & actions.WRITES_TEXTS),
        "places": [(f"{{{code}}}", said) for code, said in notice_texts.PLACES.items()],
        "case": case,
        "preview": _preview(reader, case, str(shown.get("text_zh", "")), str(shown.get("text_en", "")))
        if case
        else None,
        "history": notice_texts.history(reader, name),
        "links": [
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": _("Texts for notices"), "url": reverse("case_texts")},
            {"label": now.title},
        ],
    }
    wrong = form.is_bound and bool(form.errors)
    return no_store(render(request, "cases/text.html", context, status=422 if wrong else 200))


@require_POST
@for_staff
def drop(request: StaffRequest, name: str) -> HttpResponse:
    """Go back to the region's wording."""
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isdecimal() and len(seen) < 18 else 0
    actions.drop_text(by=request.acting, key=form_key(request), name=name, seen=number)
    messages.success(request, _("Your office uses the region's wording again."))
    return redirect("case_text", name=name)


@require_GET
@for_staff
def notice(request: StaffRequest, number: str, name: str) -> HttpResponse:
    """Show a notice to be printed: the text in both languages with the words of a case."""
    reader = request.acting
    row = queries.case(reader, number)
    now = notice_texts.one(reader, name)
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "now": now,
        "said": [notice_texts.filled(reader, row, now.row, language) for language in ("zh", "en")],
        "at": clock.now(),
        "links": [
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": row.number, "url": reverse("case", args=[row.number])},
            {"label": now.title},
        ],
    }
    return no_store(render(request, "cases/notice.html", context))


def _may_write(reader: Acting) -> None:
    if not reader.capabilities & actions.WRITES_TEXTS:
        reader.need("file_case")


def _case(reader: Acting, number: str) -> Case | None:
    """Return the case of a preview: the one that is named, where the desk may see it, else the desk's newest."""
    numbers = [number.strip()] if number.strip() else [line[0] for line in queries.listed(reader)[:1]]
    try:
        return queries.case(reader, numbers[0]) if numbers else None
    except NotFound:
        return None


def _preview(reader: Acting, case: Case, zh: str, en: str) -> list[str]:
    row = NoticeText(text_zh=zh[: notice_files.MAX], text_en=en[: notice_files.MAX])
    return [notice_texts.filled(reader, case, row, language) for language in ("zh", "en")]

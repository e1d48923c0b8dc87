"""Screens of cases: the list, a new case, one case with what may be done now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.agreements import duty_acts, judge, judge_words, wording
from tongxin.heart.agreements import may as core
from tongxin.heart.cases import (
    actions,
    disputes,
    forms,
    forms_papers,
    forms_states,
    notice_texts,
    queries,
    recalls,
    screens_inbox,
    screens_letters,
    screens_papers,
    seeing,
    sightings,
    sights,
    story,
    story_states,
    words,
)
from tongxin.heart.cases.listing import Line, Listing
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange import exports
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, take
from tongxin.heart.ledger.remembered import remembered
from tongxin.shared import clock, petals
from tongxin.shared.errors import Invalid, NotAllowed
from tongxin.shared.named import pick

PAGE = 50
EXPORT_MAX = 10_000
EXPORTED = ("number", "procedure", "state", "outcome", "accepted_by", "decided_by", "held_by", "filed", "accepted",
            "promised", "decided")  # fmt: skip
STAGE_WORDS = {
    "open": gettext_lazy("In hand"),
    "mine": gettext_lazy("With my office"),
    "offered": gettext_lazy("Offered"),
    "decided": gettext_lazy("Decided"),
    "all": gettext_lazy("All"),
}


class Pages(Paginator):  # type: ignore[type-arg] # Django's is not subscriptable
    """The pages of a list that is counted only so far: `more` where it has more, `further` leads on from its end."""

    def __init__(self, listing: Listing, after: str, number: Any) -> None:
        super().__init__((), PAGE)
        self._listing, self._after = listing, after
        self._first: list[Line] | None = None
        if number in {None, "", "1"}:
            self._first, _more, total = listing.page(0, PAGE, after)
        else:
            total = listing.total(after)
        self._total, self.more = total.n, total.more

    @cached_property
    def count(self) -> int:
        """How many there are, as far as they were counted."""
        return self._total

    def page(self, number: Any) -> Any:
        """Return a page; its lines are read once."""
        n = self.validate_number(number)
        known = self._first if n == 1 else None
        lines = self._listing.part((n - 1) * PAGE, PAGE, self._after) if known is None else known
        return Page(lines, n, self)

    def further(self, page: Any) -> str:
        """Return the mark from which the list goes on behind the last page that was counted."""
        lines = page.object_list
        return self._listing.mark(lines[-1]) if self.more and lines and not page.has_next() else ""


@require_GET
@for_staff
def cases(request: StaffRequest) -> HttpResponse:
    """Show the cases in which the reader's desk has a part."""
    asked = _asked(request)
    number, after = request.GET.get("page"), request.GET.get("after", "")[:80]
    pages = Pages(queries.listed(request.acting, **asked), after, number)
    page = pages.get_page(number)
    rows = queries.with_names(queries.in_order(request.acting, page))
    reader = request.acting
    procedures, places = remembered(request, f"case-kinds:{reader.desk}", lambda: queries.kinds_of(reader))
    may_file = "file_case" in request.acting.capabilities
    return render(
        request,
        "cases/list.html",
        {
            "page": page,
            "after": after,
            "further": pages.further(page),
            "rows": [
                {"case": row, "state": words.state_of(row), "title": words.title(row.procedure)}
                for row in rows
            ],
            "asked": asked,
            "stages": [{"code": code, "name": name} for code, name in STAGE_WORDS.items()],
            "procedures": procedures,
            "places": places,
            "may_file": may_file,
            "at_window": petals.at_window(request.acting.capabilities) if may_file else [],
            "key": new_key(),
        },
    )


@require_POST
@for_staff
def export(request: StaffRequest) -> HttpResponse:
    """Hand the list out as a file, as it is filtered; that it left the house is an entry in the ledger."""
    asked = _asked(request)
    listing = queries.listed(request.acting, **asked)[:EXPORT_MAX]
    rows = queries.with_names(queries.in_order(request.acting, listing))
    exports.record(
        by=request.acting,
        key=form_key(request),
        name="cases.list.exported",
        subject=f"desk:{request.acting.desk}/cases",
        rows=len(rows),
        fields=EXPORTED,
        filters=asked,
    )
    return exports.csv_response("cases", export_head(), [exported(row) for row in rows])


@require_http_methods(["GET", "POST"])
@for_staff
def new(request: StaffRequest) -> HttpResponse:
    """Take an application in: everything that is missing is told together, nothing typed is lost."""
    reader = request.acting
    reader.need("file_case")
    known = queries.procedures()
    name = (
        request.POST.get("procedure") or request.GET.get("procedure") or (known[0][0].name if known else "")
    )
    if not known:
        return render(request, "cases/new.html", {"known": known})
    row, read = queries.procedure(name)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms_papers.FilingForm(read, queries.deciders(reader, read), *sent)
    if form.is_bound and form.is_valid():
        form.take_in()
    if form.is_bound and form.is_valid():
        try:
            done = actions.file_case(by=reader, key=form_key(request), **form.application())
        except Invalid as refused:
            form.take(refused)
        except NotAllowed as refused:
            if refused.code != "no_clause_binds":
                raise
            form.add_error("decide_at", str(refused.what))
        else:
            messages.success(
                request, _("Case %(number)s is received. Next: accept it.") % {"number": done["case"]}
            )
            return redirect("case", number=done["case"])
    context = {"known": known, "chosen": row, "form": form, "procedure": read, "key": form_key(request)}
    return render(request, "cases/new.html", context, status=422 if form.is_bound else 200)


@require_GET
@for_staff
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Show one case: in whose hands, until when, what may be done now."""
    return _page(request, queries.case(request.acting, number))


@require_POST
@for_staff
def accept(request: StaffRequest, number: str) -> HttpResponse:
    """Accept a received case."""
    actions.accept_case(by=request.acting, key=form_key(request), number=number)
    return done(request, number, _("Accepted. The applicant's promise begins now."))


@require_POST
@for_staff
def offer(request: StaffRequest, number: str) -> HttpResponse:
    """Offer the case to another desk."""
    row = queries.case(request.acting, number)
    form = forms.OfferForm(queries.receivers(request.acting, row), request.POST)

    def act(given: dict[str, Any]) -> None:
        actions.offer(
            by=request.acting,
            key=form_key(request),
            number=number,
            to_desk=given["to_desk"][:80],
            epoch=given["epoch"],
        )

    return acted(
        request, row, form, "offer", act, _("Offered. Your office holds the case until it is taken over.")
    )


@require_POST
@for_staff
def take_over(request: StaffRequest, number: str) -> HttpResponse:
    """Take an offered case over."""
    actions.take_over(by=request.acting, key=form_key(request), offer_id=request.POST.get("offer", ""))
    return done(request, number, _("Taken over. Your office holds the case now."))


@require_POST
@for_staff
def return_over(request: StaffRequest, number: str) -> HttpResponse:
    """Return an offered case with a listed reason."""
    row = queries.case(request.acting, number)
    made = queries.offer(request.acting, request.POST.get("offer", ""))
    form = forms.ReturnForm(words.reasons(made.clause), request.POST)

    def act(given: dict[str, Any]) -> None:
        actions.return_over(
            by=request.acting,
            key=form_key(request),
            offer_id=str(made.id),
            reason=given["reason"],
            remark=given["remark"],
        )

    return acted(
        request, row, form, "return", act, _("Returned. The other office holds the case, as before.")
    )


@require_POST
@for_staff
def recall(request: StaffRequest, number: str) -> HttpResponse:
    """Recall an offer that was not answered."""
    asked = actions.recall(by=request.acting, key=form_key(request), offer_id=request.POST.get("offer", ""))
    if asked["settled"]:
        return done(request, number, _("Recalled. Your office goes on with the case."))
    return done(
        request,
        number,
        _("Asked back. It is settled when the other office's node answers; a ring tells you."),
    )


@require_POST
@for_staff
def decide(request: StaffRequest, number: str) -> HttpResponse:
    """Decide the case."""
    row = queries.case(request.acting, number)
    form = forms.DecideForm(request.POST)
    return sent(request, row, form, "decide", actions.decide, _("Decided. The accepting office is told."))


def sent(
    request: StaffRequest,
    row: Case,
    form: django_forms.Form,
    name: str,
    action: Callable[..., Any],
    said: str,
) -> HttpResponse:
    """Do the act that a form gathered everything for."""

    def act(given: dict[str, Any]) -> None:
        action(by=request.acting, key=form_key(request), number=row.number, **given)

    return acted(request, row, form, name, act, said)


def acted(
    request: StaffRequest,
    row: Case,
    form: django_forms.Form,
    name: str,
    act: Callable[[dict[str, Any]], None],
    said: str,
) -> HttpResponse:
    """Do the act of a form; what the action refuses comes back at the form's fields, with all that was typed."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refused:
            take(form, refused)
        except NotAllowed as refused:
            if refused.code != "no_clause_binds":
                raise
            form.add_error("to_desk", str(refused.what))
        else:
            return done(request, row.number, said)
    return _page(request, row, sent={name: form}, key=form_key(request))


def done(request: HttpRequest, number: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("case", number=number)


def _page(
    request: StaffRequest, row: Case, sent: dict[str, django_forms.Form] | None = None, key: str = ""
) -> HttpResponse:
    """Render a case; a form that was refused stands in it again, with its key."""
    reader = request.acting
    sent = sent or {}
    offers = queries.offers_of(row)
    duties = queries.duties_of(row)
    read = ProcedureFile.model_validate(row.procedure.body)
    may = queries.possible(reader, row)
    made = row.frozen_by
    band = story.band(row, offers, duties, reader.desk)
    seen = sights.sight(reader.desk, row, offers)
    sees = seen.sees("papers")
    judge.show(seen.subject, seen.fields)
    sightings.note(row, seen)
    decide_duty = next((d for d in duties if d.subject == "decide"), None)
    clause = next((o.clause for o in reversed(offers)), None)
    if may.offer:
        receivers = queries.receivers(reader, row)
        sent.setdefault("offer", forms.OfferForm(receivers, epoch=row.epoch))
    if may.take_over and made is not None:
        sent.setdefault("return", forms.ReturnForm(words.reasons(made.clause)))
    if may.decide:
        sent.setdefault("decide", forms.DecideForm(epoch=row.epoch))
    sent = forms_states.blank(row, read, may) | sent
    texts = notice_texts.for_forms(reader, row, sent, request.GET.get("text", ""))
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "state": words.state_of(row, asked_back=recalls.waits(row)),
        "band": band,
        "may": may,
        "forms": sent,
        "texts": texts,
        "keys": {
            name: key if name in sent and sent[name].is_bound else new_key()
            for name in ("return", *may.names)
        },
        **story_states.parts(row, read, sees=sees, desk=reader.desk),
        "steps": story.steps(row, read, offers),
        "timeline": story.timeline(row, offers, story.waiting_for(row), desk=reader.desk, sees=sees),
        "sees": sees,
        "given": seeing.lines(read, row, seen),
        "why_seen": seeing.why(seen),
        "papers_kept": _papers_kept(seen),
        "dispute": (dispute := disputes.of_case(row.number)),
        "dispute_silent": dispute is not None and disputes.of_silence(dispute),
        "contested": disputes.contested(row.number),
        "who_sees": _who_sees(row, offers),
        "decide_duty": decide_duty,
        "without_sight": decide_duty is not None and duty_acts.without_sight(decide_duty),
        "clause": clause,
        "clause_title": words.clause_title(clause) if clause else "",
        "clause_url": words.clause_url(clause) if clause else "",
        "outcome": words.ALL_OUTCOMES.get(row.outcome, ""),
        "now": clock.now(),
        "links": [
            {"label": _("My office"), "url": "/desk/"},
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": row.number},
        ],
    }
    context |= screens_inbox.table_of(reader, row)
    context |= screens_letters.listing(reader, row, seen)
    context |= screens_papers.listing(reader, row, read, sees=sees)
    refused = any(form.is_bound for form in sent.values())
    return render(request, "cases/show.html", context, status=422 if refused else 200)


def _papers_kept(seen: sights.Sight) -> str:
    """Return why the papers are kept back where consent has ended; empty otherwise."""
    answer = seen.fields[sights.PAPERS]
    return str(judge_words.why_not(answer)) if answer.why_not == core.STOPPED else ""


def _who_sees(row: Case, offers: list[Any]) -> str:
    """Return the names of the desks that may see the applicant's data."""
    desks = {row.accepting_desk_id: row.accepting_desk, row.holder_id: row.holder}
    desks |= {made.to_desk_id: made.to_desk for made in offers if made.to_desk_id not in desks}
    found = []
    for desk in desks.values():
        seen = sights.sight(desk.id, row, offers)
        stopped = any(answer.why_not == core.STOPPED for answer in seen.fields.values())
        if stopped and (seen.sees(sights.PAPERS) or seen.given(row)):
            found.append(_("%(desk)s (in part)") % {"desk": wording.desk_name(desk)})
        elif seen.sees(sights.PAPERS):
            found.append(str(wording.desk_name(desk)))
    return pick("、", ", ").join(found)


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the filters and the order of the address, or of the form that carries them; unknown ones are dropped."""
    given = request.POST if request.method == "POST" else request.GET
    stage = given.get("stage", "open")
    return {
        "stage": stage if stage in queries.STAGES else "open",
        "procedure": given.get("procedure", "").replace("\x00", "")[:80],
        "place": given.get("place", "").replace("\x00", "")[:60],
        "q": given.get("q", "").replace("\x00", "")[:40],
        "sort": given.get("sort", "")[:20],
    }


def export_head() -> list[str]:
    """Return the names of the columns of an exported list."""
    return [_("Number"), _("Item"), _("State"), _("Outcome"), _("Accepted by"), _("Decided by"), _("Held by"),
            _("Received on"), _("Accepted on"), _("Promised by"), _("Decided on"), _("Mark")]  # fmt: skip


def exported(row: Case) -> list[Any]:
    """Return a case as a line of an exported list; it carries no applicant's data."""

    def wall(at: Any) -> str:
        return f"{clock.beijing(at):%Y-%m-%d %H:%M}" if at else ""

    return [
        row.number,
        words.title(row.procedure),
        words.state_of(row),
        words.ALL_OUTCOMES.get(row.outcome, ""),
        wording.desk_name(row.accepting_desk),
        wording.desk_name(row.competent_desk),
        wording.desk_name(row.holder),
        wall(row.filed_at),
        wall(row.accepted_at),
        wall(row.promise_due_at),
        wall(row.decided_at),
        _("Illustrative") if row.illustrative else "",
    ]

"""Screens of drafts: a form and its text side by side, checked while one writes; import, export, propose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from tongxin.heart.agreements import (
    actions,
    drafts,
    editing,
    editing_words,
    instrument_pages,
    overlaps,
    queries,
    signers,
    starting,
    waiting,
    wording,
)
from tongxin.heart.agreements.known import Known, known_words
from tongxin.heart.agreements.language import InstrumentFile
from tongxin.heart.agreements.models import Draft, InstrumentVersion
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, no_store, switched
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock, reading
from tongxin.shared.errors import NotAllowed, Refused

WRITES = waiting.WRITES
KEEPING = ("save", "propose", "enter")
TOLD = 5  # faults at the head of the editor; all stand below the text
READ = 200_000  # characters of drafts that the overview reads for their faults


@dataclass
class Desk:
    """What lies on the desk: the text, what the form was made of, the name of the file, the draft if it is saved."""

    text: str
    base: str
    file: str
    draft: Draft | None = None
    edition: int = 0
    notes: tuple[str, ...] = ()  # what went wrong with a file or a button, and what is kept


@require_GET
@for_staff
def overview(request: StaffRequest) -> HttpResponse:
    """Show the drafts of the own office, what waits for its signature, and what it may begin with."""
    reader = request.acting
    may_write = WRITES in reader.capabilities and reader.desk.endswith(f"/{signers.COORDINATION}")
    waits = waiting.waiting_for(reader)
    context = {
        "drafts": _rows(reader) if may_write else [],
        "waiting": waits,
        "kinds": waiting_words(),
        "may_write": may_write,
        "places": wording.party_names([w.place for w in waits if w.place]),
        "crumbs": crumbs(_("Drafts and signatures")),
    }
    return no_store(render(request, "agreements/drafts.html", context))


@require_http_methods(["GET", "POST"])
@for_staff
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a text: from nothing, from a file, or from a version that stands (`edit`)."""
    reader = _writer(request)
    known = known_words(reader)
    if request.method == "GET":
        text = starting.instrument(reader, known, kind=request.GET.get("kind", ""))
        return _page(request, Desk(text, text, "draft.yaml"), known)
    return _posted(request, _sent(request), known)


@require_safe
@for_staff
def edit(request: StaffRequest, version: str) -> HttpResponseBase:
    """Open the draft that a text went back to, else begin the next version with the text that stands."""
    reader = _writer(request)
    row = queries.version(version[:100], reader)
    returned = Draft.objects.filter(proposed_as=row, desk=reader.desk, state=Draft.State.OPEN).first()
    if returned is not None:
        return redirect("agreement_draft", draft=returned.pk)
    text = starting.next_version(row)
    return _page(request, Desk(text, text, row.source_file), known_words(reader))


@require_http_methods(["GET", "POST"])
@for_staff
def draft(request: StaffRequest, draft: int) -> HttpResponseBase:
    """Write on a draft of the own office; save it, propose it, put it away."""
    reader = _writer(request)
    row = drafts.draft(reader, draft)
    if row.state == Draft.State.PROPOSED and row.proposed_as_id:
        return redirect("agreement", version=row.proposed_as_id)
    if request.method == "GET":
        return _page(request, Desk(row.text, row.text, row.file, row, row.edition), known_words(reader))
    if request.POST.get("do") == "discard":
        actions.discard_draft(by=reader, key=form_key(request), draft=row.pk)
        messages.success(request, _("The draft is put away."))
        return redirect("agreement_drafts")
    desk = _sent(request)
    desk.draft = row
    desk.edition = _number(request.POST.get("edition", ""))
    return _posted(request, desk, known_words(reader))


@require_POST
@for_staff
def check(request: StaffRequest) -> JsonResponse:
    """Check what is being written: the form put into the text if asked, then the faults and the form anew."""
    desk, known = _sent(request), known_words(_writer(request))
    if request.POST.get("do") == "form":
        desk.text = editing.changed(desk.text, desk.base, _given(request))
    context = _context(request, desk, known)
    answer = {
        "text": desk.text,
        "check": render_to_string("agreements/editor_check.html", context, request),
        "form": render_to_string("agreements/editor_form.html", context, request),
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_safe
@for_staff
def draft_file(request: StaffRequest, draft: int) -> HttpResponse:
    """Give the text of a draft as a file."""
    row = drafts.draft(_writer(request), draft)
    response = HttpResponse(row.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draft-{row.pk}.yaml"'
    return no_store(response)


@require_safe
@for_staff
def draft_difference(request: StaffRequest, draft: int) -> HttpResponse:
    """Show what a draft changes in the newest version of its instrument."""
    reader = _writer(request)
    row = drafts.draft(reader, draft)
    checked = drafts.check(row.text, row.file, known=known_words(reader))
    older = None
    if checked.read is not None:
        signed = InstrumentVersion.objects.filter(
            instrument=checked.read.model.agreement, binds_from__isnull=False
        )
        older = signed.order_by("-number").first()
    context: dict[str, Any] = {
        "draft": row,
        "older": older,
        "faults": checked.faults if checked.read is None else (),
        "crumbs": crumbs(
            _("Drafts and signatures"), "/agreements/drafts/", _("Draft %(n)d") % {"n": row.pk}, ""
        ),
    }
    if older is not None and checked.read is not None:
        context |= instrument_pages.compared_models(
            InstrumentFile.model_validate(older.body), checked.read.model
        )
    return no_store(render(request, "agreements/draft_difference.html", context))


def crumbs(*pairs: str) -> list[dict[str, str]]:
    """Return the way here: label, address, label, address …; the last one without an address."""
    found = [{"label": _("Today"), "url": "/"}, {"label": _("Agreements"), "url": "/agreements/"}]
    labels, urls = pairs[::2], [*pairs[1::2], ""]
    return found + [{"label": label, "url": url} for label, url in zip(labels, urls, strict=False)]


def waiting_words() -> dict[str, str]:
    """Return what each kind of waiting asks for."""
    return {
        waiting.TEXT: _("waits for your signature"),
        waiting.ENDING: _("its ending waits for your signature"),
        waiting.LAW: _("waits for a second person"),
    }


def _writer(request: StaffRequest) -> Acting:
    reader = request.acting
    reader.need(WRITES)
    if reader.desk.partition("/")[2] != signers.COORDINATION:
        raise NotAllowed(
            "not_a_coordination_office", _("Drafts are written at the desk of a coordination office.")
        )
    return reader


def _posted(request: StaffRequest, desk: Desk, known: Known) -> HttpResponseBase:
    """Do what a button asks for. Only save, propose and enter keep anything."""
    do = (
        "form" if switched(request) else request.POST.get("do", "save")
    )  # in the other language: as it is typed
    if do in KEEPING:
        return _kept(request, desk, known, do)
    if do == "form":
        desk.text = editing.changed(desk.text, desk.base, _given(request))
    elif do == "add":
        desk.text = _with_clause(request, desk.text, known)
    elif do.startswith("remove:"):
        desk.text = editing.without_clause(desk.text, do.removeprefix("remove:"))
    elif do == "import":
        _import(request, desk)
    return _page(request, desk, known)


def _kept(request: StaffRequest, desk: Desk, known: Known, do: str) -> HttpResponseBase:
    reader, key = request.acting, form_key(request)
    desk.text = editing.changed(desk.text, desk.base, _given(request))  # what is in the form only
    try:
        if desk.draft is None:
            done = actions.draft(by=reader, key=key, text=desk.text, file=desk.file)
        else:
            done = actions.change_draft(
                by=reader,
                key=key,
                draft=desk.draft.pk,
                edition=desk.edition,
                text=desk.text,
                file=desk.file,
            )
    except Refused as refused:
        desk.notes = _told(refused, refused.kept)
        return _page(request, desk, known, status=refused.status)
    if do == "save":
        messages.success(request, _("The draft is saved."))
        return redirect("agreement_draft", draft=done["draft"])
    act = actions.enter_law if do == "enter" else actions.propose
    try:
        version = act(by=reader, key=f"{key[:70]}:{do}", draft=done["draft"])["version"]
    except Refused as refused:
        desk.draft, desk.edition = drafts.draft(reader, done["draft"]), done["edition"]
        desk.notes = _told(refused, _("The draft is saved."))
        return _page(request, desk, known, status=refused.status)
    said = (
        _("%(version)s is entered; a second person confirms it.")
        if do == "enter"
        else _("%(version)s is put before its parties.")
    )
    messages.success(request, said % {"version": version})
    return redirect("agreement", version=version)


def _told(refused: Refused, kept: Any) -> tuple[str, ...]:
    """Return a refusal for the head of the editor: why, the first faults, what is kept, what to do."""
    texts = [text for of in getattr(refused, "fields", {}).values() for text in of]
    more = (
        [_("… and %(n)d more, see below the text.") % {"n": len(texts) - TOLD}] if len(texts) > TOLD else []
    )
    said = [kept, refused.what, *texts[:TOLD], *more]
    return tuple(str(text) for text in (said if texts else [*said, refused.todo]) if str(text))


def _with_clause(request: StaffRequest, text: str, known: Known) -> str:
    kind = request.POST.get("kind", "notify")
    parties = starting.parties_of(request.acting, known)
    try:
        clause = starting.clause(kind, known, parties=parties, there=editing.clause_ids(text))
    except KeyError:
        return text
    return editing.with_clause(text, clause)


def _import(request: StaffRequest, desk: Desk) -> None:
    upload = request.FILES.get("upload")
    if upload is None:
        desk.notes = (_("Choose a file first."),)
        return
    name = str(upload.name or "draft.yaml")
    try:
        desk.text = reading.decoded(upload.read(reading.MAX_BYTES + 1), name).replace("\r\n", "\n")
        desk.file = name
    except reading.Unreadable as bad:
        desk.notes = tuple(str(fault) for fault in bad.faults)


def _sent(request: HttpRequest) -> Desk:
    text = _plain(request.POST.get("text", ""))
    base = _plain(request.POST.get("base", text))
    return Desk(text, base, request.POST.get("file", "")[: drafts.FILE_MAX] or "draft.yaml")


def _plain(text: str) -> str:
    """Return a text with plain ends of lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _given(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(v) for v in values] for name, values in request.POST.lists() if name.startswith("f:")}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _page(request: StaffRequest, desk: Desk, known: Known, status: int = 200) -> HttpResponse:
    context = _context(request, desk, known) | {
        "key": new_key(),
        "crumbs": crumbs(
            _("Drafts and signatures"),
            "/agreements/drafts/",
            _("Draft %(n)d") % {"n": desk.draft.pk} if desk.draft else _("New text"),
            "",
        ),
        "kinds": wording.KINDS,
    }
    return no_store(render(request, "agreements/editor.html", context, status=status))


def _context(request: StaffRequest, desk: Desk, known: Known) -> dict[str, Any]:
    checked = drafts.check(desk.text, desk.file, known=known)
    form = editing.parts(desk.text)
    read = checked.read
    return {
        "desk": desk,
        "faults": checked.faults,
        "read": read,
        "bar": drafts.bar_of(request.acting, read, clock.beijing(clock.now()).date()) if read else "",
        "warnings": overlaps.warnings(list(read.standing().values()), known) if read else [],
        "is_law": bool(read and read.model.kind == "law"),
        "cards": editing_words.cards(form, known) if form is not None else None,
        "lines": desk.text.split("\n"),
        "readings": _readings(read) if read else [],
    }


def _readings(read: Any) -> list[dict[str, Any]]:
    roles = wording.roles()
    return [{"clause": c, "lines": wording.reading(c, roles)} for c in read.model.clauses]


def _rows(reader: Acting) -> list[dict[str, Any]]:
    """Return the open drafts of the reader's office; of very much text only the first is read for its faults."""
    rows = drafts.drafts(reader)
    known = known_words(reader) if rows else None
    found, left = [], READ
    for row in rows:
        left -= len(row.text)
        found.append(_named(row, known if left >= 0 else None))
    return found


def _named(row: Draft, known: Known | None) -> dict[str, Any]:
    checked = drafts.check(row.text, row.file, known=known) if known else None
    title = str(checked.read.model.title) if checked and checked.read else ""
    first = next((line for line in row.text.split("\n") if line.startswith("agreement:")), "")
    return {
        "row": row,
        "title": title or first.removeprefix("agreement:").strip() or row.file,
        "faults": len(checked.faults) if checked else None,
        "returned": row.returned[-1] if row.returned else None,
    }

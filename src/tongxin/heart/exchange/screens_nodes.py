"""Screens of nodes: this node's fingerprint, its peers and their lines, the confirmation of a key; notes of a desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.heart.exchange import letters, lines_notes, lines_words, peers, peers_queries, queries, words
from tongxin.heart.exchange import nodes as this
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.models import Envelope, Message
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, no_store, take
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import Invalid, NotFound

PAGE = 50


class Confirmation(forms.Form):
    """The fingerprint that somebody at the other node has read out."""

    fingerprint = forms.CharField(
        label=gettext_lazy("Fingerprint as read out by the other node"),
        max_length=160,
        help_text=gettext_lazy("Sixteen groups of four; blanks and capitals do not matter."),
    )


class NewNote(forms.Form):
    """A desk and what it is told."""

    to_desk = forms.ChoiceField(label=pgettext_lazy("note", "To"))
    text = forms.CharField(
        label=pgettext_lazy("between desks", "Note"),
        max_length=lines_notes.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, by: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Desk.objects.exclude(pk=by.desk).filter(jurisdiction__isnull=False)
        rows = rows.select_related("jurisdiction", "role").order_by("id")
        named = self.fields["to_desk"]
        assert isinstance(named, forms.ChoiceField)
        named.choices = [("", "—"), *((row.id, words.desk(row)) for row in rows)]


@require_safe
@for_staff
def nodes(request: StaffRequest) -> HttpResponse:
    """Show this node's name and fingerprint, and how the line to each peer stands."""
    found = peers_queries.all_lines(request.acting)
    context = {"own": this.own(), "lines": [_shown(line) for line in found]}
    return no_store(render(request, "exchange/nodes.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def peer(request: StaffRequest, peer: str) -> HttpResponse:
    """Show one peer, both fingerprints, and what went over the line last; confirm its key."""
    line = peers_queries.line(request.acting, peer)
    form = Confirmation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            peers.confirm(by=request.acting, key=form_key(request), peer=peer, **form.cleaned_data)
        except Invalid as refused:
            form.add_error("fingerprint", [str(t) for t in refused.fields.get("fingerprint", [refused.what])])
        else:
            messages.success(request, _("The key is confirmed. Have the other node confirm yours too."))
            return redirect("node_peer", peer=peer)
    wrong = bool(form.errors)
    context = {
        **_shown(line),
        "own": this.own(),
        "form": form,
        "may_confirm": peers_queries.may_confirm(request.acting),
        "last": [_crossed(row, peer) for row in peers_queries.last_envelopes(peer)],
        "key": form_key(request) if wrong else new_key(),
    }
    return no_store(render(request, "exchange/peer.html", context, status=422 if wrong else 200))


@require_POST
@for_staff
def ping(request: StaffRequest, peer: str) -> HttpResponse:
    """Send a ping over the line."""
    peers.ping(by=request.acting, key=form_key(request), peer=peer)
    messages.success(request, _("A ping is on its way; the answer stands below when it has come."))
    return redirect("node_peer", peer=peer)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def notes(request: StaffRequest) -> HttpResponse:
    """List the notes of the own desk, and write one."""
    reader = request.acting
    asked = request.POST.get("reply_to", "") or request.GET.get("reply_to", "")
    answered = lines_notes.note(reader, asked) if asked else None
    first = {"to_desk": _other_end(answered, reader)} if answered else {}
    form = NewNote(request.POST or None, by=reader, initial=first)
    if request.method == "POST":
        reader.need("confirm")
    if request.method == "POST" and "confirm" in request.POST:
        return _confirmed(request, request.POST["confirm"])
    if request.method == "POST" and form.is_valid():
        try:
            lines_notes.send_note(by=reader, key=form_key(request), reply_to=asked, **form.cleaned_data)
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(
                request, _("The note is written. The list says when the other desk's node has it.")
            )
            return redirect("notes")
    page = Paginator(lines_notes.notes(reader), PAGE).get_page(request.GET.get("page"))
    stand = lines_notes.stand_of(page)
    wrong = bool(form.errors)
    context = {
        "page": page,
        "rows": [_noted(row, reader, stand.get(row.pk)) for row in page],
        "form": form,
        "answered": answered,
        "answered_text": letters.text(answered) if answered else "",
        "may_write": "confirm" in reader.capabilities,
        "keeps_outbox": queries.keeps_outbox(reader),
        "key": form_key(request) if wrong else new_key(),
    }
    return no_store(render(request, "exchange/notes.html", context, status=422 if wrong else 200))


def _confirmed(request: StaffRequest, number: str) -> HttpResponse:
    """Confirm that a message from another node was received."""
    row = lines_notes.note(request.acting, number)
    confirm = letters.confirmer(row)
    if confirm is None:
        raise NotFound("no_such_note", _("There is no such note of your desk."))
    confirm(by=request.acting, key=form_key(request), message=str(row.pk))
    messages.success(request, _("Receipt is confirmed; the other node is told."))
    return redirect("notes")


def _shown(line: peers_queries.Line) -> dict[str, Any]:
    return {
        "line": line,
        "peer": line.peer,
        "why": lines_words.fault(line.peer.last_error) if line.peer.last_error else "",
        "skew": lines_words.seconds(line.peer.skew_ms) if line.peer.skew_ms is not None else "",
    }


def _crossed(row: Envelope, peer: str) -> dict[str, Any]:
    return {
        "row": row,
        "ours": row.channel.to_node == peer,
        "state": lines_words.STATES[row.state],
        "why": lines_words.reason(row.reason) if row.reason else "",
    }


def _other_end(row: Message, reader: Acting) -> str:
    return str(row.from_desk_id if row.to_desk_id == reader.desk else row.to_desk_id)


def _noted(row: Message, reader: Acting, sealed: Envelope | None) -> dict[str, Any]:
    """Return a note as the list shows it: which way, with whom, and how far it came."""
    ours = row.from_desk_id == reader.desk
    arrived = row.delivered_at if ours else row.here_at  # type: ignore[attr-defined]
    refused = ours and sealed is not None and sealed.state == Envelope.State.REFUSED
    return {
        "row": row,
        "text": letters.text(row),
        "to_confirm": letters.to_confirm(row, reader.desk),
        "key": new_key(),
        "ours": ours,
        "desk": words.desk(row.to_desk if ours else row.from_desk),
        "arrived": arrived,
        "refused": refused,
        "why": lines_words.reason(sealed.reason) if refused and sealed is not None else "",
    }

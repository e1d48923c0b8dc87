"""Screens of the ledger: anybody may read and verify; payloads are shown to who may see them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.heart.ledger import actions, extracts, keys, queries, sights
from tongxin.heart.ledger.forms import ExtractForm
from tongxin.heart.ledger.verifier import tongxin_verify
from tongxin.heart.ledger.verify import as_finding

FILTERS = ("act", "desk", "subject")
PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the latest entries, by act, desk or subject, and how far they are signed."""
    chosen = {name: request.GET.get(name, "").strip()[:160] for name in FILTERS}
    before = _number(request.GET.get("before", ""))
    found = queries.entries(**chosen, before=before, limit=PAGE + 1)
    context = {
        **_common(request),
        "entries": found[:PAGE],
        "older": found[PAGE - 1].index if len(found) > PAGE else None,
        "last_index": found[:PAGE][-1].index if found else None,
        "before": before,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "crumbs": [],
    }
    return render(request, "ledger/index.html", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry: its bytes, its hash, the way to the signed root, and its payload to who may see it."""
    common = _common(request)
    line = queries.lines([queries.entry(index)], visible_to=_looker(request))[0]
    signed = common["checkpoint"]
    covered = signed is not None and index < signed.size
    proof = queries.inclusion_proof(index, signed.size if covered else None)
    context = {
        **common,
        "line": line,
        "entry": line.entry,
        "body": bytes(line.entry.body).decode(errors="replace"),
        "leaf": bytes(line.entry.leaf).hex(),
        "payload": json.dumps(line.payload, ensure_ascii=False, indent=2)
        if line.state == queries.SHOWN
        else "",
        "salt": bytes(line.entry.payload.salt).hex() if line.state == queries.SHOWN else "",
        "covered": covered,
        "first_checkpoint": queries.first_checkpoint_over(index),
        "proof": proof,
        "steps": [
            {
                "side": s.side,
                "first": s.first,
                "last": s.last,
                "incoming": s.incoming.hex(),
                "result": s.result.hex(),
            }
            for s in queries.proof_steps(proof)
        ],
        "root": proof.root.hex(),
        "next": index + 1 if index + 1 < common["head"].size else None,
        "previous": index - 1 if index else None,
        "crumbs": _crumbs(_("Entry %(index)d") % {"index": index}),
    }
    response = render(request, "ledger/entry.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def extract(request: HttpRequest) -> HttpResponse:
    """Ask for an extract and hand it out as a file; payloads only as far as the reader may see them."""
    looker = _looker(request)
    side = looker.jurisdiction if looker is not None else ""
    asked = "download" in request.GET
    form = ExtractForm(request.GET if asked else None, own_side=bool(side))
    if asked and form.is_valid():
        return _extract_file(form, looker, side)
    context = {**_common(request), "form": form, "side": side, "crumbs": _crumbs(_("Extract"))}
    return render(request, "ledger/extract.html", context, status=422 if asked else 200)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the whole log, without payloads, as it streams from the database."""
    response = StreamingHttpResponse(extracts.export_lines(), content_type="application/x-ndjson")
    response["Content-Disposition"] = 'attachment; filename="tongxin-log.jsonl"'
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out the last checkpoint, or that of `?size=`, as text."""
    signed = queries.checkpoint(_number(request.GET.get("size", "")))
    response = HttpResponse(queries.checkpoint_note(signed), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tongxin-checkpoint-{signed.size}.txt"'
    return response


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Hand out the single-file verifier."""
    response = HttpResponse(extracts.verifier_source(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tongxin_verify.py"'
    return response


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Explain to an auditor, step by step, how to verify without trusting this server."""
    source = extracts.verifier_source()
    language = 0 if (get_language() or "").startswith("zh") else 1
    context = {
        **_common(request),
        "verifier_hash": hashlib.sha256(source).hexdigest(),
        "verifier_lines": source.count(b"\n"),
        "findings": [(kind, words[language]) for kind, words in tongxin_verify.WORDS.items()],
        "crumbs": _crumbs(_("Verify it yourself")),
    }
    return render(request, "ledger/guide.html", context)


def _extract_file(form: ExtractForm, looker: sights.Looker | None, side: str) -> HttpResponse:
    if looker is not None:
        actions.checkpoint()  # so that what was just done is in it; the public waits for the minute
    subjects = form.cleaned_data["subjects"]
    found = extracts.extract(
        subjects=subjects,
        jurisdiction="" if subjects else side,
        visible_to=looker,
        since=form.cleaned_data["since"],
    )
    response = HttpResponse(extracts.as_file(found), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="tongxin-extract.json"'
    response["Cache-Control"] = "no-store"
    return response


def _common(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the room shows: head, checkpoint and key."""
    signed = queries.latest_checkpoint()
    head = queries.head()
    verified = queries.last_verification()
    return {
        "base": "shell/base.html" if request.user.is_authenticated else "shell/public.html",
        "head": head,
        "checkpoint": signed,
        "checkpoint_root": bytes(signed.root).hex() if signed else "",
        "key_id": head.key_id if head else keys.node_key().key_id,
        "unsigned": head.size - (signed.size if signed else 0) if head else 0,
        "verified": verified,
        "faults": [found for found in map(as_finding, verified.findings) if found.fault] if verified else [],
    }


def _looker(request: HttpRequest) -> sights.Looker | None:
    found: sights.Looker | None = getattr(request, "acting", None)
    return found


def _crumbs(here: str) -> list[dict[str, str]]:
    return [{"label": _("Ledger"), "url": "/ledger/"}, {"label": here}]


def _number(text: str) -> int | None:
    """Return a number from an address; what is none counts as not given."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

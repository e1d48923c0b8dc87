"""Writes of drafts: a text that one office writes on. It may hold faults; it binds nobody."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import drafts, signers
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Draft
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared import canonical, reading
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

WRITES = "register_agreement"


def draft(*, by: Acting, key: str, text: str, file: str = "") -> dict[str, Any]:
    """Begin a draft at the own coordination office; the answer says what is wrong in it, it is kept all the same."""
    text, name = _need_text(by, text, file)
    request = {"text": canonical.sha256_hex(text), "file": name}
    with act("agreements.draft.written", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = Draft.objects.create(
            desk_id=by.desk, post=by.post, file=name, text=text, begun_at=a.at, changed_at=a.at
        )
        a.result = _answer(row, by)
        a.entry(f"draft:{row.pk}", payload=request)
    return a.result


def change_draft(
    *, by: Acting, key: str, draft: int, edition: int, text: str, file: str = ""
) -> dict[str, Any]:
    """Change a draft of the own office. `edition` is the one that was read: nobody's words are lost."""
    text, name = _need_text(by, text, file)
    request = {"draft": draft, "edition": edition, "text": canonical.sha256_hex(text), "file": name}
    with act("agreements.draft.changed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = open_draft(draft, by)
        if row.edition != edition:
            raise Conflict(
                "draft_changed",
                _("Somebody in your office has changed this draft since you opened it."),
                kept=_("Their text stands; yours was not saved."),
                todo=_("Copy what you wrote, open the draft anew and put it in there."),
            )
        row.text, row.file, row.post = text, name, by.post
        row.edition, row.changed_at = row.edition + 1, a.at
        row.save(update_fields=["text", "file", "post", "edition", "changed_at"])
        a.result = _answer(row, by)
        a.entry(f"draft:{row.pk}", payload=request)
    return a.result


def discard_draft(*, by: Acting, key: str, draft: int) -> dict[str, Any]:
    """Put a draft of the own office away; its text stays stored."""
    by.need(WRITES)
    request = {"draft": draft}
    with act("agreements.draft.discarded", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = open_draft(draft, by)
        row.state = Draft.State.DISCARDED
        row.changed_at = a.at
        row.save(update_fields=["state", "changed_at"])
        a.result = {"draft": row.pk}
        a.entry(f"draft:{row.pk}", payload=request)
    return a.result


def open_draft(pk: int, by: Acting) -> Draft:
    """Return an open draft of the actor's own office, locked. Raises NotFound, or Conflict when it is open no more."""
    row = Draft.objects.select_for_update().filter(pk=pk, desk=by.desk).first()
    if row is None:
        raise NotFound("no_such_draft", _("There is no such draft, or it is not your office's."))
    if row.state != Draft.State.OPEN:
        raise Conflict(
            "draft_is_closed",
            _("This draft was proposed or put away already."),
            kept=_("Its text is stored as it was."),
            todo=_("Open the version that it became, or begin a new draft."),
        )
    return row


def _need_text(by: Acting, text: str, file: str) -> tuple[str, str]:
    """Return the text with plain ends of lines and the file's name; raises unless the actor may write such a text."""
    by.need(WRITES)
    if by.desk.partition("/")[2] != signers.COORDINATION:
        raise NotAllowed(
            "not_a_coordination_office", _("Drafts are written at the desk of a coordination office.")
        )
    if not text.strip():
        raise Invalid(
            _("There is no text; nothing was saved."), {"text": [_("Write the text.")]}, code="no_text"
        )
    if len(text.encode("utf-8", "surrogatepass")) > reading.MAX_BYTES:
        raise Invalid(
            _("The text is too long; nothing was saved."),
            {"text": [_("At most %(n)d KiB are read.") % {"n": reading.MAX_BYTES // 1024}]},
            code="too_long",
        )
    name = file.strip().rpartition("/")[2].rpartition("\\")[2] or "draft.yaml"
    return text.replace("\r\n", "\n").replace("\r", "\n"), name[: drafts.FILE_MAX]


def _answer(row: Draft, by: Acting) -> dict[str, Any]:
    checked = drafts.check(row.text, row.file, known=known_words(by))
    return {"draft": row.pk, "edition": row.edition, "faults": [str(fault) for fault in checked.faults]}

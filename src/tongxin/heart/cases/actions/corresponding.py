"""What applicants and desks say to each other of a case: what is handed in, letters, their answers, the rating."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import procedures, states
from tongxin.heart.cases.actions import mirroring, parts, reviewing, stopping
from tongxin.heart.cases.actions.papers import keep
from tongxin.heart.cases.disputes import COORDINATION
from tongxin.heart.cases.models import Case, Letter, Rating
from tongxin.heart.cases.papers import Arrived, summary
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

MAX_LETTER = 1000


STARS = range(1, 6)


RATED = (Case.State.DECIDED, Case.State.CLOSED, Case.State.NOT_ACCEPTED)


def supply(
    *, by: Acting, key: str, number: str, files: Sequence[Arrived] = (), text: str = ""
) -> dict[str, Any]:
    """Hand in everything that was asked for, together: the case goes on at once, and its clocks with it.

    Where the holder works on another node it is told, and lets the case go on itself.
    """
    text = text.strip()
    request: dict[str, Any] = {
        "case": number,
        "text": text,
        "files": sorted([file.kind, file.sha256] for file in files),
    }
    with act("cases.asked.supplied", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        _all_that_was_asked(case, files, text)
        kept = [summary(keep(a, case, file)) for file in files]
        kinds = sorted({file.kind for file in files})
        if text:
            _letter(a, case, Letter.Kind.SUPPLY, case.holder_id, text)
        here = nodes.home_of(case.holder_id) is None
        said = {"papers": kinds} if here or not text else {"papers": kinds, "text": text}
        parts.inform(a, case, "supplied", "asked_supplied", said, case.holder_id)
        if here:
            stopping.go_on(a, case, kinds)
        else:
            case.papers = sorted({*case.papers, *kinds})
            case.save(update_fields=["papers"])
            mirroring.mirror(a, case)
        a.result = {"case": number, "state": case.state, "promise_due_at": stopping.due_said(case)}
        a.entry(f"case:{number}", basis=parts.basis(case), payload={"files": kept} | a.result)
    return a.result


def rate(*, by: Acting, key: str, number: str, stars: int, remark: str = "") -> dict[str, Any]:
    """Rate the handling of a case after its decision, once."""
    remark = remark.strip()
    what = _("The rating was not taken.")
    request = {"case": number, "stars": stars, "remark": remark}
    parts.check_text("remark", remark, what)
    with act("cases.case.rated", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        parts.in_state(case, *RATED)
        if stars not in STARS:
            raise Invalid(what, {"stars": [_("Choose how satisfied the applicant is.")]})
        if Rating.objects.filter(case=case).exists():
            raise Conflict("rated", _("This case has been rated; a rating is given once."))
        Rating.objects.create(case=case, stars=stars, remark=remark, at=a.at)
        parts.ring_accepting(a, case, "case_rated")
        a.result = {"case": number}
        a.entry(f"case:{number}", payload={"stars": stars})
    return a.result


def write(*, by: Acting, key: str, number: str, kind: str, text: str, field: str = "") -> dict[str, Any]:
    """Write to a desk: a message or a correction to the accepting one, a complaint to another than the holder."""
    text = text.strip()
    request = {"case": number, "kind": kind, "text": text, "field": field}
    what = _("It was not sent.")
    with act("cases.letter.written", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        _not_erased(case)
        wrong: dict[str, list[Any]] = {}
        if kind not in {Letter.Kind.MESSAGE, Letter.Kind.COMPLAINT, Letter.Kind.CORRECTION}:
            wrong["kind"] = [_("Choose what it is.")]
        if not text:
            wrong["text"] = [_("Write something.")]
        elif len(text) > MAX_LETTER:
            wrong["text"] = [_("This text is too long: at most %(n)d characters.") % {"n": MAX_LETTER}]
        if kind == Letter.Kind.CORRECTION:
            wrong |= _not_correctable(case, field, text)
        if wrong:
            raise Invalid(what, wrong)
        desk = complaints_desk(case) if kind == Letter.Kind.COMPLAINT else case.accepting_desk_id
        made = _letter(a, case, kind, desk, text, field if kind == Letter.Kind.CORRECTION else "")
        a.result = {"case": number, "letter": made.pk, "to": desk}
        a.entry(f"case:{number}/letter:{made.pk}", payload={"kind": kind, "to": desk})
    return a.result


def complaints_desk(case: Case) -> str:
    """Return the desk that answers a complaint: never the holder; the one that reviews, else a coordination office.

    One that works at another node could not answer the applicant here: then the accepting place's own office does.
    """
    desk = reviewing.reviewer(case, case.holder_id)
    if nodes.home_of(desk) is None:
        return desk
    own = f"{case.accepting_desk_id.partition('/')[0]}/{COORDINATION}"
    return own if own != case.holder_id and nodes.home_of(own) is None else case.accepting_desk_id


def received_supply(case: Case, *, desk: str, text: str, at: datetime) -> None:
    """Keep what the applicant answered in words at another node, for the desk that asked."""
    Letter.objects.create(
        case=case, kind=Letter.Kind.SUPPLY, desk_id=desk, text=text, at=at, post=parts.APPLICANT
    )


def received_letter(case: Case, *, desk: str, text: str, at: datetime, post: str) -> Letter:
    """Keep what a desk at another node wrote to the applicant, whose page is here."""
    return Letter.objects.create(case=case, kind=Letter.Kind.DESK, desk_id=desk, text=text, at=at, post=post)


def answer(*, by: Acting, key: str, letter: int, text: str, take: bool | None = None) -> dict[str, Any]:
    """Answer what an applicant wrote; of a correction `take` says whether the field is changed."""
    by.need("perform")
    text = text.strip()
    request = {"letter": letter, "text": text, "take": take}
    with act("cases.letter.answered", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = Letter.objects.filter(pk=letter, desk_id=by.desk).first()
        if row is None:
            raise NotFound("no_such_letter", _("There is no such letter to your desk."))
        case = Case.objects.select_for_update().get(pk=row.case_id)
        row = Letter.objects.select_for_update().get(pk=letter)
        if row.answered_at is not None:
            raise Conflict("answered", _("This letter has been answered."), todo=_("Reload the page."))
        if row.kind not in {Letter.Kind.MESSAGE, Letter.Kind.COMPLAINT, Letter.Kind.CORRECTION}:
            raise Conflict("no_answer_asked", _("This needs no answer."))
        _not_erased(case)
        _answerable(text, row, take)
        if take and row.kind == Letter.Kind.CORRECTION:
            _takeable(case, row)
        row.answer, row.answered_at, row.answered_by = text, a.at, by.post
        row.taken = take if row.kind == Letter.Kind.CORRECTION else None
        row.save(update_fields=["answer", "answered_at", "answered_by", "taken"])
        if row.taken:
            case.applicant = {**case.applicant, row.field: row.text}
            case.save(update_fields=["applicant"])
            mirroring.mirror(a, case)
            if case.holder_id != by.desk:
                parts.ring(case.holder_id, "case_corrected", case, a.at, dedupe=f"corrected:{row.pk}")
        a.result = {"case": case.number, "letter": row.pk}
        payload = {"kind": row.kind, "taken": row.taken}
        a.entry(f"case:{case.number}/letter:{row.pk}", payload=payload)
    return a.result


def tell(*, by: Acting, key: str, number: str, text: str) -> dict[str, Any]:
    """Write to the applicant: by the accepting desk or the holder; it stands on the applicant's page.

    Where that page is at another node, because the accepting desk works there, it goes there by a message.
    """
    by.need("perform")
    text = text.strip()
    with act("cases.letter.sent", by=by, key=key, request={"case": number, "text": text}) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        if by.desk not in {case.accepting_desk_id, case.holder_id}:
            raise NotAllowed(
                "not_holder", _("Only the accepting desk and the holder write to the applicant.")
            )
        _not_erased(case)
        _answerable(text)
        made = Letter.objects.create(
            case=case, kind=Letter.Kind.DESK, desk_id=by.desk, text=text, at=a.at, post=by.post
        )
        if nodes.home_of(case.accepting_desk_id) is not None:
            body = {"case": number, "text": text}
            parts.send(a, case, "letter", case.accepting_desk_id, basis=parts.basis(case), body=body)
        a.result = {"case": number, "letter": made.pk}
        a.entry(f"case:{number}/letter:{made.pk}")
    return a.result


def _letter(a: Act, case: Case, kind: str, desk: str, text: str, field: str = "") -> Letter:
    """Enter a letter to a desk and ring it."""
    made = Letter.objects.create(
        case=case, kind=kind, desk_id=desk, text=text, field=field, at=a.at, post=a.by.post
    )
    if kind != Letter.Kind.SUPPLY:
        parts.ring_at(desk, f"letter_{kind}", f"/letters/{made.pk}/", case, a.at, dedupe=f"letter:{made.pk}")
    return made


def _all_that_was_asked(case: Case, files: Sequence[Arrived], text: str) -> None:
    """Refuse unless something is asked for and everything that is has come; all that is missing is told together."""
    pause = case.pauses[-1] if case.state == Case.State.SUSPENDED and case.pauses else None
    if pause is None or not (pause["missing"] or pause["facts"]):
        raise Conflict(
            "nothing_asked",
            _("Nothing is asked for now."),
            todo=_("Reload the page to see where the case stands."),
        )
    came = {file.kind for file in files}
    wrong: dict[str, list[Any]] = {
        f"file_{kind}": [_("This paper is missing.")] for kind in pause["missing"] if kind not in came
    }
    if came - set(pause["missing"]):
        wrong["files"] = [_("One of these papers was not asked for.")]
    if pause["facts"] and not text:
        wrong["text"] = [_("Answer what was asked.")]
    elif len(text) > MAX_LETTER:
        wrong["text"] = [_("This text is too long: at most %(n)d characters.") % {"n": MAX_LETTER}]
    if wrong:
        raise Invalid(_("It was not handed in: everything that was asked for is handed in together."), wrong)


def _not_correctable(case: Case, field: str, text: str) -> dict[str, list[Any]]:
    asked = next((f for f in procedures.form_of(case).applicant if f.id == field), None)
    if asked is None:
        return {"field": [_("Choose one of the fields of the application.")]}
    if case.state not in (Case.State.FILED, *states.RUNNING):
        return {"field": [_("The case is decided or has ended; ask for a review instead.")]}
    if len(text) > asked.max_length:
        return {"text": [_("This text is too long: at most %(n)d characters.") % {"n": asked.max_length}]}
    if unlike := procedures.unlike_its_kind(asked, text):
        return {"text": unlike}
    return {}


def _takeable(case: Case, row: Letter) -> None:
    """Refuse a correction of what was decided meanwhile, or is shown to a desk that it is offered to."""
    if case.frozen_by_id is not None:
        raise Conflict(
            "frozen",
            _(
                "The case is offered to another office just now; it is corrected when that office has answered."
            ),
        )
    wrong = _not_correctable(case, row.field, row.text)
    if wrong:
        raise Invalid(_("It was not sent."), {"take": [each for texts in wrong.values() for each in texts]})


def _not_erased(case: Case) -> None:
    if case.erased_at:
        raise Conflict("erased", _("What the applicant gave is erased; this case is over."))


def _answerable(text: str, row: Letter | None = None, take: bool | None = None) -> None:
    wrong: dict[str, list[Any]] = {}
    if not text:
        wrong["text"] = [_("Write something.")]
    elif len(text) > MAX_LETTER:
        wrong["text"] = [_("This text is too long: at most %(n)d characters.") % {"n": MAX_LETTER}]
    if row is not None and row.kind == Letter.Kind.CORRECTION and take is None:
        wrong["take"] = [_("Say whether the field is changed.")]
    if wrong:
        raise Invalid(_("It was not sent."), wrong)

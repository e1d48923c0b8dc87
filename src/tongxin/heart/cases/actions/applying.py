"""What an applicant does without a login: files an application; and the slip that a window prints.

The applicant acts at the accepting desk, which is its contact, under the post `applicant`: entries carry no name. Who
may act is settled before, by number and secret (`slips`); withdrawing, a review, a paper and consent are the same acts
as at the window (`ending`, `reviewing`, `papers`, `consenting`), done by this actor; what is handed in and written
later is in `corresponding`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook
from tongxin.heart.cases import procedures, slips, windows
from tongxin.heart.cases.actions import filing, parts
from tongxin.heart.cases.models import Case, Consent, Procedure, Slip
from tongxin.heart.cases.papers import Arrived
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid, NotAllowed, NotFound

APPLICANT = parts.APPLICANT


def applicant_at(desk: str) -> Acting:
    """Return the applicant as who acts: at the accepting desk, with what an application may ask for there."""
    return Acting(
        post=APPLICANT,
        desk=desk,
        jurisdiction=desk.partition("/")[0],
        capabilities=frozenset({"file_case"}),
        via=APPLICANT,
    )


def key_of(number: str, key: str) -> str:
    """Return the key of an applicant's act: all applicants act in one post, so the case's number goes into it."""
    return hashlib.sha256(f"{number}\n{key}".encode()).hexdigest()[:40]


def apply(
    *,
    key: str,
    secret: str,
    procedure: str,
    accept_at: str,
    decide_at: str,
    applicant: dict[str, str],
    files: Sequence[Arrived] = (),
    agreed: bool = False,
) -> dict[str, Any]:
    """File an application online: it waits at the accepting desk, as one from the window does. The same key: one case.

    `secret` is printed on the slip and kept as a hash; `agreed` says that the applicant read what its data are for.
    """
    applicant = {name: text.strip() for name, text in applicant.items()}
    by = applicant_at(accept_at)
    request: dict[str, Any] = {
        "procedure": procedure,
        "decide_at": decide_at,
        "applicant": applicant,
        "papers": sorted({file.kind for file in files}),
        "online": True,
    }
    if files:
        request["files"] = sorted([file.kind, file.sha256, file.title] for file in files)
    with act("cases.case.filed", by=by, key=key_of("", key), request=request) as a:
        if a.replayed:
            return a.result
        check(procedure, request["applicant"], request["papers"], accept_at, decide_at, a.at, agreed=agreed)
        case, more = filing.enter(a, request, files)
        _slip(a, case, secret)
        asked = [f["id"] for f in case.procedure.body["applicant"] if case.applicant.get(f["id"])]
        Consent.objects.create(
            case=case, who=Consent.Who.APPLICANT, fields=asked, given_at=a.at, desk_id=by.desk, post=by.post
        )
        a.changes_rules = True  # a consent does, also the first
        parts.ring_accepting(a, case, "application_filed")
        a.result = {"case": case.number}
        a.entry(f"case:{case.number}", payload=request | more)
    return a.result


def check(
    procedure: str,
    applicant: dict[str, str],
    papers: list[str],
    accept_at: str,
    decide_at: str,
    at: datetime,
    *,
    agreed: bool = True,
) -> None:
    """Raise Invalid naming all that is wrong, as `apply` would: what is missing, the window, no clause, not agreed.

    NotAllowed (`no_clause_binds`) where that no clause binds the two offices is all that stands against it.
    """
    row = Procedure.objects.filter(name=procedure).order_by("-version").first()
    if row is None:
        raise NotFound("no_such_procedure", _("There is no such procedure."))
    form = procedures.form(row)
    wrong = windows.wrong(form, applicant, papers, decide_at, accept_at)
    if not agreed:
        wrong["agreed"] = [_("Tick that this was read; without it the application cannot be handled.")]
    if decide_at and "accept_at" not in wrong and accept_at != f"{decide_at}/{form.role}":
        try:
            parts.basis_of(rulebook.at(at), row.name, accept_at, f"{decide_at}/{form.role}", at)
        except NotAllowed as refused:
            if not wrong:
                raise
            wrong["accept_at"] = [refused.what]
    if wrong:
        raise Invalid(_("The application was not sent."), wrong)


def make_slip(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Print a tracking slip at the accepting desk; the one before no longer opens anything.

    The secret is in the answer of the first time alone: it is kept nowhere.
    """
    by.need("file_case")
    secret = slips.new_secret()
    with act("cases.slip.made", by=by, key=key, request={"case": number}) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        if case.accepting_desk_id != by.desk:
            raise NotAllowed(
                "not_accepting",
                _("Only the office that accepted the case prints its slip."),
                todo=_("Send the applicant to that office."),
            )
        _slip(a, case, secret)
        a.result = {"case": number}
        a.entry(f"case:{number}/slip")
    return a.result | {"secret": secret}


def _slip(a: Act, case: Case, secret: str) -> None:
    Slip.objects.update_or_create(
        case=case,
        defaults={
            "secret_hash": slips.hash_of(case.number, secret), "made_at": a.at, "post": a.by.post,
        },
    )  # fmt: skip

"""Papers as files: taken in, added, replaced, reused with consent, handed out. Contents are durable before rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import papers, papers_store, papers_types, procedures
from tongxin.heart.cases.actions import mirroring, parts
from tongxin.heart.cases.models import OPEN_STATES, Case, Paper
from tongxin.heart.cases.papers import Arrived
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound, Refused

MOST_FILES = 100  # of one case, replaced ones too
TAKES_PAPERS = frozenset({"file_case", "take_over", "decide"})
OLDEST_CONSENT = date(2000, 1, 1)
NOT_TAKEN = _("The paper was not taken.")
NOT_REUSED = _("The paper was not used again.")


def take_in(kind: procedures.PaperKind, name: str, pieces: Iterable[bytes]) -> Arrived:
    """Write a file to the store and judge it by its content. Raises Unfit, saying why it is not taken.

    `name` is what the sender calls it; `pieces` are its bytes, read no further than is allowed.
    """

    def judge(path: Path, size: int) -> str:
        found = papers_types.recognise(path, size)
        papers_types.allowed(found, kind.types)
        papers_types.as_named(found, name)
        return found

    most = min(settings.PAPER_MAX_BYTES, (kind.max_mb or 1_000) * 2**20)
    kept = papers_store.keep(pieces, most=most, judge=judge)
    return Arrived(kind.id, papers.title_of(name), kept.sha256, kept.size, kept.type)


def add_paper(
    *,
    by: Acting,
    key: str,
    number: str,
    kind: str,
    name: str,
    pieces: Iterable[bytes],
    given_by: str = Paper.Giver.APPLICANT,
    replaces: str = "",
) -> dict[str, Any]:
    """Add a file to a case that runs, or put it in the place of one: that one stays listed as replaced.

    Only the holder and the accepting desk add papers, and not while an offer freezes the case.
    """
    asked = _asked_for(by, number, kind)
    if given_by not in Paper.Giver.values:
        raise Invalid(NOT_TAKEN, {"given_by": [_("Choose who gave it.")]})
    try:
        arrived = take_in(asked, name, pieces)
    except Unfit as unfit:
        raise Invalid(NOT_TAKEN, {"file": [unfit.why]}) from None
    request = {
        "case": number,
        "kind": kind,
        "sha256": arrived.sha256,
        "title": arrived.title,
        "given_by": given_by,
    }
    if replaces:
        return _replace(by, key, request | {"replaces": replaces}, arrived)
    with act("cases.paper.added", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _open_case(a, number)
        file = keep(a, case, arrived, given_by=given_by)
        _done(a, case, file)
    return a.result


def _replace(by: Acting, key: str, request: dict[str, Any], arrived: Arrived) -> dict[str, Any]:
    with act("cases.paper.replaced", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _open_case(a, request["case"])
        old = _file(case, request["replaces"])
        if old.kind != arrived.kind:
            raise Invalid(NOT_TAKEN, {"replaces": [_("A paper is replaced by one of the same kind.")]})
        if old.replaced_by_id is not None:
            raise Conflict(
                "replaced_already",
                _("This paper was replaced already."),
                todo=_("Reload the page and replace the one that stands."),
            )
        file = keep(a, case, arrived, given_by=request["given_by"])
        old.replaced_by = file
        old.save(update_fields=["replaced_by"])
        _done(a, case, file, replaced=str(old.id))
    return a.result


def reuse_paper(
    *, by: Acting, key: str, number: str, paper: str, consent_by: str, consent_how: str, consent_on: date
) -> dict[str, Any]:
    """Use a paper of an earlier case of the same applicant, which the same desk took in, with the applicant's consent.

    `consent_by` is who gave it, `consent_how` how (in words), `consent_on` the day; all three are kept with the paper.
    """
    _may_take(by)
    request = {
        "case": number,
        "paper": paper,
        "consent_by": consent_by.strip(),
        "consent_how": consent_how.strip(),
        "consent_on": consent_on.isoformat(),
    }
    with act("cases.paper.reused", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _open_case(a, number)
        _consented(request, on=consent_on, today=clock.beijing(a.at).date())
        old = next((file for file in papers.reusable(by, case) if str(file.id) == paper), None)
        if old is None:
            raise Invalid(
                NOT_REUSED,
                {"paper": [_("Choose a paper of this applicant from a case that your office took in.")]},
                code="not_reusable",
            )
        arrived = Arrived(old.kind, old.title, old.sha256, old.size, old.type)
        consent = {
            "to": f"case:{old.case_id}/paper:{old.id}",
            "by": request["consent_by"],
            "how": request["consent_how"],
            "on": request["consent_on"],
        }
        file = keep(a, case, arrived, given_by=Paper.Giver.APPLICANT, reused_from=old, consent=consent)
        _done(a, case, file, consent=consent)
    return a.result


def _consented(request: dict[str, Any], *, on: date, today: date) -> None:
    """Refuse a reuse without a whole consent."""
    wrong: dict[str, list[Any]] = {}
    for name in ("consent_by", "consent_how"):
        if not request[name]:
            wrong[name] = [_("This field is needed.")]
        elif len(request[name]) > 120:
            wrong[name] = [_("This text is too long: at most %(n)d characters.") % {"n": 120}]
    if on > today:
        wrong["consent_on"] = [_("A consent is not given in the future.")]
    elif on < OLDEST_CONSENT:
        wrong["consent_on"] = [_("This day is too long ago.")]
    if wrong:
        raise Invalid(NOT_REUSED, wrong)


def hand_out(*, by: Acting, key: str, number: str, paper: str | UUID) -> tuple[Paper, BinaryIO]:
    """Return a paper with its content, open for reading. Who neither accepted nor holds the case leaves an entry.

    Raises NotFound and NotAllowed as `papers.of_case` does; NotFound too when the content is lost or damaged.
    """
    file = papers.one(by, number, paper)
    coming = papers.coming(file)
    if coming is not None:
        raise Conflict(
            "on_its_way",
            _("The content of this paper is still on its way from the node %(node)s.")
            % {"node": coming.node},
            todo=_("Try again later; the page of the case says how much has come."),
        )
    content = papers_store.opened(file.sha256)
    if content is None:
        raise NotFound(
            "content_lost",
            _("The content of this paper is lost or damaged."),
            todo=_("Tell your operator: the copy of the data folder has it."),
        )
    with ExitStack() as until_entered:
        until_entered.enter_context(content)
        if by.desk not in {file.case.accepting_desk_id, file.case.holder_id}:
            _note_opened(by, key, number, file)
        until_entered.pop_all()
    return file, content


def _note_opened(by: Acting, key: str, number: str, file: Paper) -> None:
    request = {"case": number, "paper": str(file.id)}
    with act("cases.paper.opened", by=by, key=key, request=request) as a:
        if not a.replayed:
            a.result = {"paper": str(file.id)}
            a.entry(f"case:{number}/paper:{file.id}", payload={"sha256": file.sha256, "kind": file.kind})


def keep(
    a: Act,
    case: Case,
    arrived: Arrived,
    *,
    given_by: str = Paper.Giver.APPLICANT,
    reused_from: Paper | None = None,
    consent: dict[str, Any] | None = None,
) -> Paper:
    """Enter a file that was taken in as a paper of the case, inside an act; the content must still be there."""
    current = case.files.filter(kind=arrived.kind, sha256=arrived.sha256, replaced_by__isnull=True)
    if current.exists():
        raise papers.SamePaper(arrived.kind)
    if case.files.count() >= MOST_FILES:
        raise Conflict("too_many_papers", _("A case takes at most %(n)d files.") % {"n": MOST_FILES})
    if not papers_store.still_there(arrived.sha256):
        raise Conflict(
            "content_gone", _("The file is no longer there."), todo=_("Choose the file again and send it.")
        )
    return Paper.objects.create(
        case=case,
        kind=arrived.kind,
        title=arrived.title,
        sha256=arrived.sha256,
        size=arrived.size,
        type=arrived.type,
        given_by=given_by,
        desk_id=a.by.desk,
        post=a.by.post,
        at=a.at,
        reused_from=reused_from,
        consent=consent or {},
    )


def check_may_add_paper(by: Acting, case: Case) -> None:
    """Raise Refused unless the actor may add a paper to the case now; the action asks again when it is done."""
    _may_take(by)
    _may_add(case, by)


def may_add_paper(by: Acting, case: Case) -> bool:
    """Tell whether the actor may add a paper to the case now."""
    try:
        check_may_add_paper(by, case)
    except Refused:
        return False
    return True


def _asked_for(by: Acting, number: str, kind: str) -> procedures.PaperKind:
    """Return what the procedure says of the paper, before a file for it is read at all.

    Whether it may be added now is judged in the act alone: a command given once more is answered as it was.
    """
    _may_take(by)
    case = Case.objects.read_by(by.desk).select_related("procedure").filter(number=number).first()
    if case is None or not parts.has_part(case, by.desk):
        raise NotFound("no_such_case", _("There is no such case, or your desk has no part in it."))
    form = procedures.form_of(case)
    for asked in form.papers:
        if asked.id == kind:
            return asked
    raise Invalid(NOT_TAKEN, {"kind": [_("Choose one of the papers that the procedure asks for.")]})


def _may_take(by: Acting) -> None:
    if not by.capabilities & TAKES_PAPERS:
        by.need("file_case")


def _may_add(case: Case, by: Acting) -> None:
    """Refuse unless the desk holds the case or accepted it, and no offer freezes it, and it runs."""
    if by.desk not in {case.holder_id, case.accepting_desk_id}:
        raise NotAllowed(
            "not_holder",
            _("Your desk does not hold this case now."),
            todo=_("Reload the page to see in whose hands it is."),
        )
    if case.frozen_by_id is not None:
        raise Conflict(
            "frozen_by_offer",
            _("The case is offered to another desk; until it answers, the offer can only be recalled."),
            todo=_("Wait for the answer, or recall the offer."),
        )
    parts.in_state(case, *OPEN_STATES)


def _open_case(a: Act, number: str) -> Case:
    case = parts.lock(number, a.by.desk)
    _may_add(case, a.by)
    return case


def _file(case: Case, paper: str) -> Paper:
    for file in case.files.all():
        if str(file.id) == paper:
            return file
    raise NotFound("no_such_paper", _("There is no such paper in this case."))


def _done(a: Act, case: Case, file: Paper, **more: Any) -> None:
    """Note the paper as handed in, ring the holder when somebody else took it in, and say what was done."""
    if file.kind not in case.papers:
        case.papers = sorted({*case.papers, file.kind})
        case.save(update_fields=["papers"])
    if case.holder_id != a.by.desk or a.by.via == parts.APPLICANT:
        parts.ring(case.holder_id, "paper_added", case, a.at, dedupe=f"paper:{file.id}")
    mirroring.mirror(a, case)
    a.result = {"case": case.number, "paper": str(file.id)}
    a.entry(f"case:{case.number}/paper:{file.id}", payload=papers.summary(file) | more)

"""What another node told of a case is written here: the case's row where it is first heard of, and what moved since.

Who may say what: the holder how the case stands, the accepting desk what the applicant gave and how the case ended;
under an older epoch nobody says anything. What this node's own desk accepted is never written over by another.
"""

from __future__ import annotations

import hmac
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.cases import (
    crossed,
    crossing,
    crossing_trust,
    handover,
    joints,
    lines_papers,
    sightings,
    states,
)
from tongxin.heart.cases.actions import parts, replicas
from tongxin.heart.cases.crossing_form import Facts, File, Unread, when
from tongxin.heart.cases.handover import Draft
from tongxin.heart.cases.models import Case, Consent, Crossing, Decision, Paper, Procedure
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region.models import Desk
from tongxin.shared import canonical, clock
from tongxin.shared.errors import Refused


def need_readable(told: Facts, basis: str = "") -> None:
    """Raise Unread unless this node has the same procedure, the same texts and the desks that are named.

    A text that binds none of the desks here may be missing; that of the `basis` may not.
    """
    row = Procedure.objects.filter(pk=told.procedure).first()
    if row is None:
        raise Unread("unknown_procedure", _("This version of the procedure is not known here."))
    if not hmac.compare_digest(canonical.sha256_hex(row.body), told.procedure_hash):
        raise Unread("other_procedure", _("This version of the procedure says something else here."))
    known = dict(
        InstrumentVersion.objects.filter(id__in=list(told.rulebook)).values_list("id", "canonical_hash")
    )
    if basis and basis.partition("/")[0] not in known:
        raise Unread("unknown_text", _("The agreement that it stands on is not known here in this version."))
    if any(told.rulebook[version] not in {"", signed} for version, signed in known.items()):
        raise Unread("other_text", _("An agreement that it stands on says something else here."))
    if told.desks() - set(Desk.objects.filter(id__in=told.desks()).values_list("id", flat=True)):
        raise Unread("unknown_desk", _("A desk that is named in it is not known here."))


def first_heard(a: Act, told: Facts, peer: str, sender: str) -> Case:
    """Make the row of a case that came from another node. Raises Refused for one that should be known here."""
    if nodes.home_of(told.accepting) is None:
        raise Refused("no_such_case", _("No case of this number was accepted here."))
    crossing_trust.need_own_number(told)
    case = Case.objects.create(
        number=told.case,
        procedure_id=told.procedure,
        rulebook=sorted(told.rulebook),
        accepting_desk_id=told.accepting,
        competent_desk_id=told.competent,
        holder_id=told.holder,
        epoch=told.epoch,
        state=told.state,
        filed_at=when(told.filed_at) or a.at,
        accepted_at=when(told.accepted_at),
        illustrative=told.illustrative,
    )
    Crossing.objects.create(case=case, node=peer, told_at=a.at)
    _from_holder(a, case, told)
    _from_giver(a, case, told, peer, sender)
    case.save()
    a.entry(
        f"case:{case.number}",
        act="cases.case.heard",
        cause=f"node:{peer}",
        basis=case.procedure_id,
        payload={"procedure": told.procedure, "accepting": told.accepting, "epoch": told.epoch, "by": sender},
    )
    return Case.objects.select_related("procedure", "holder", "competent_desk").get(pk=case.pk)


def follow(a: Act, case: Case, told: Facts, peer: str, sender: str) -> bool:
    """Take over what the sender may say of a case that is known here; return whether that was anything.

    The caller has locked the case. A promise that moved is an entry of its own. Of a case whose data are erased nothing
    comes back that the applicant gave or that was written about it.
    """
    if case.erased_at is not None:
        told = told.without_words()
    said = Draft(crossing.STATE, told.holder, sender, told.epoch, body={"act": ""})
    step = handover.apply(replicas.read(case), "", said)
    if told.epoch < case.epoch or step.send:
        return False
    higher = told.epoch > case.epoch
    reviews = sender in set(case.reviewed_by.values_list("holder_id", flat=True))
    crossing_trust.need_heir(case, sender, told.holder, told.epoch, told.hand_overs)
    speaks = higher or reviews or sender == case.holder_id
    if higher:
        replicas.write(a, case, step.replica)
    row, _new = Crossing.objects.get_or_create(pk=case.pk, defaults={"node": peer, "told_at": a.at})
    row.node, row.told_at = peer, a.at
    row.save(update_fields=["node", "told_at"])
    before = case.promise_due_at
    ended = case.state in states.ENDED
    if speaks and (higher or not ended or crossed.ended_after_all(case, told.state)):
        states.told(case, told.state)
        case.competent_desk_id = told.competent
        _from_holder(a, case, told)
    elif speaks and told.state in {
        states.S.DECIDED,
        case.state,
    }:  # closed here, and decided otherwise by a review
        _decided(a, case, told)
        crossed.without_effect(case)
    elif sender == case.accepting_desk_id and (told.state in states.ENDED or not ended):
        _from_accepting(a, case, told)
    _from_giver(a, case, told, peer, sender)
    case.save()
    if higher or case.state not in states.WAYS["put_joint"].sources:
        joints.lapse(a, case)
    if case.state in states.ENDED and not ended:
        parts.void_owed(a, case)
    sightings.heard(case, told.looked, peer)
    if case.promise_due_at != before and before is not None and case.promise_due_at is not None:
        a.entry(
            f"case:{case.number}",
            act="cases.promise.moved",
            cause=f"node:{peer}",
            payload={
                "old": clock.iso(before),
                "new": clock.iso(case.promise_due_at),
                "why": "suspension" if told.pauses else "competent_desk",
            },
        )
    return True


def standing(case: Case) -> dict[str, Any]:
    """Return how a case stands here in parts that can be compared: what a peer's word may have changed."""
    known = Crossing.objects.filter(pk=case.pk).values_list("hand_overs", "awaited").first()
    return {
        "holder": (case.holder_id, case.competent_desk_id, case.epoch),
        "state": (case.state, case.ended_at, case.ended_why, case.ended_remark, case.ended_missing),
        "promise": (case.promise_due_at, case.pauses),
        "decisions": (case.outcome, case.outcome_reason, case.decided_at, case.decisions.count()),
        "given": case.applicant,
        "papers": (case.papers, set(case.files.values_list("id", "replaced_by_id"))),
        "consents": set(case.consents.values_list("pk", "withdrawn_at")),
        "hand_overs": known,
    }


def offices(case: Case) -> set[str]:
    """Return the coordination offices that may name a holder."""
    pairs = case.disputes.values_list("one_office_id", "other_office_id")
    return {office for pair in pairs for office in pair}


def _from_holder(a: Act, case: Case, told: Facts) -> None:
    """What the holder says: how the case stands, and what was decided."""
    case.pauses = [p.model_dump(by_alias=True) for p in told.pauses]
    case.promise_due_at, case.promise_count = when(told.promise.due_at), told.promise.counted()
    case.decided_at = when(told.decided_at)
    _end(case, told)
    _decided(a, case, told)


def _decided(a: Act, case: Case, told: Facts) -> None:
    """The decisions, and the outcome as it stands."""
    case.outcome, case.outcome_reason = told.outcome, told.outcome_reason
    there = {made.number: made for made in case.decisions.all()}
    last = there[max(there)] if there else None
    for said in sorted(told.decisions, key=lambda each: each.number):
        if said.number not in there:
            last = Decision.objects.create(
                case=case,
                number=said.number,
                outcome=said.outcome,
                reason=said.reason,
                desk_id=said.desk,
                post="",
                at=when(said.at) or a.at,
                supersedes=last,
                review=Case.objects.filter(pk=said.review).first() if said.review else None,
            )


def _from_accepting(a: Act, case: Case, told: Facts) -> None:
    """What the accepting desk says of a case that another holds: that it ended, or was closed."""
    if told.state in states.ENDED and not crossed.stays_ended(case, told.state):
        states.told(case, told.state)
        _end(case, told)
        case.pauses = [p.model_dump(by_alias=True) for p in told.pauses]
        crossed.without_effect(case)


def _end(case: Case, told: Facts) -> None:
    case.ended_at, case.keep_until = when(told.ended.at), when(told.ended.keep_until)
    case.ended_why, case.ended_remark = told.ended.why, told.ended.remark
    case.ended_missing = list(told.ended.missing)


def _from_giver(a: Act, case: Case, told: Facts, peer: str, sender: str) -> None:
    """What grows: what the applicant gave, consents, papers, hand-overs elsewhere. Nothing that is here goes.

    The accepting desk speaks for the applicant; who holds the case or handed it over fills in what is not here yet.
    """
    gives, accepting = crossing_trust.gives(case, sender), crossing_trust.is_accepting(case, sender)
    known = _elsewhere(case, told, all_of_them=gives or accepting, sender=sender)
    Crossing.objects.filter(pk=case.pk).update(hand_overs=known)
    if case.erased_at is not None or not (gives or accepting):
        return
    case.papers = sorted({*case.papers, *told.papers})
    if accepting:
        case.applicant = {**case.applicant, **told.given}
        _consents(a, case, told)
    elif nodes.home_of(case.accepting_desk_id) is not None:
        case.applicant = {**told.given, **case.applicant}
    awaited = sorted(set(told.fields) - set(case.applicant))
    Crossing.objects.filter(pk=case.pk).update(awaited=awaited)
    _files(a, case, told, peer)


def _consents(a: Act, case: Case, told: Facts) -> None:
    there = {(row.desk_id, row.given_at, row.purpose): row for row in case.consents.all()}
    for said in told.consents:
        row = there.get((said.desk, when(said.given_at) or a.at, said.purpose))
        if row is None:
            row = Consent(case=case, desk_id=said.desk, post="", given_at=when(said.given_at) or a.at)
            row.who, row.purpose, row.fields = said.who, said.purpose, list(said.fields)
            row.until = date.fromisoformat(said.until) if said.until else None
            a.changes_rules = True
        if row.withdrawn_at is None and said.withdrawn_at:
            row.withdrawn_at, a.changes_rules = when(said.withdrawn_at), True
        row.save()


def _elsewhere(case: Case, told: Facts, *, all_of_them: bool, sender: str) -> list[dict[str, Any]]:
    """Return the hand-overs without a row here: those known before, as the newest word has them.

    Without `all_of_them` the sender settles those alone that are known here as its own.
    """
    rows = {str(pk) for pk in case.offers.values_list("id", flat=True)}
    known = Crossing.objects.values_list("hand_overs", flat=True).get(pk=case.pk)
    found = {each["id"]: each for each in known}
    for said in told.hand_overs:
        old = found.get(said.id)
        if not all_of_them and (old is None or sender not in {old["from"], old["to"]}):
            continue
        if old is None or old["state"] == "offered":
            found[said.id] = said.model_dump(by_alias=True)
    return sorted(
        (each for each in found.values() if each["id"] not in rows),
        key=lambda each: (each["offered_at"], each["id"]),
    )


def _files(a: Act, case: Case, told: Facts, peer: str) -> None:
    """Enter the papers that are new here; their contents are asked for (`lines_papers`).

    A paper of a desk that works here comes from nowhere else, nor does it replace one.
    """
    there = {str(file.id): file for file in case.files.all()}
    abroad = {file.id for file in told.files if nodes.home_of(file.desk) is not None}
    for said in told.files:
        new = said.id in abroad and said.id not in there
        if new and not Paper.objects.filter(pk=said.id).exists():
            there[said.id] = _file(a, case, said, peer)
    for said in told.files:
        file, other = there.get(said.id), there.get(said.replaced_by)
        if file is None or other is None or file.replaced_by_id is not None:
            continue
        if nodes.home_of(other.desk_id) is not None:
            file.replaced_by = other
            file.save(update_fields=["replaced_by"])


def _file(a: Act, case: Case, said: File, peer: str) -> Paper:
    file = Paper.objects.create(
        id=said.id,
        case=case,
        kind=said.kind,
        title=said.title,
        sha256=said.sha256,
        size=said.size,
        type=said.type,
        given_by=said.given_by,
        desk_id=said.desk,
        post="",
        at=when(said.at) or a.at,
    )
    lines_papers.expect(file, peer, a.at)
    return file

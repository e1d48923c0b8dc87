"""What a case's messages do when they have crossed a line: the same code as in one database, once, in their turn.

An envelope is judged (who may say this of the case), kept as a message, and given to the receiver's part of the act
(`handing.received`); each has its entry here, under the name of the act that was done there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import (
    crossed,
    crossing,
    crossing_form,
    crossing_in,
    crossing_tellers,
    crossing_trust,
    lines_forms,
    locking,
    words,
)
from tongxin.heart.cases.actions import corresponding, handing, mirroring, parts, reviewing
from tongxin.heart.cases.crossing_form import Facts, Unread
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange import lines, lines_kinds, nodes
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.models import Envelope
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import NotAllowed, Refused

ACTS = {  # the entry that a kind leaves here: the act as it was done at the other node
    "offer": "cases.offer.made",
    "accept": "cases.offer.taken_over",
    "refuse": "cases.offer.returned",
    "recall": "cases.offer.recall_asked",
    "recalled": "cases.offer.recalled",
    "too_late": "cases.offer.recall_too_late",
    "stale": "cases.message.stale",
    "propose": "cases.holder.proposed",
    "reassign": "cases.holder.named",
}
EVENTS = {  # what a holder or the accepting desk tells, by the ring that it rings
    "case_suspended": "cases.case.suspended",
    "asked_supplied": "cases.asked.supplied",
    "case_resumed": "cases.case.resumed",
    "case_decided": "cases.case.decided",
    "case_superseded": "cases.decision.superseded",
    "case_withdrawn": "cases.case.withdrawn",
    "case_closed": "cases.case.closed",
    "decision_reviewed": "cases.review.filed",
    "review_concluded": "cases.review.concluded",
    "review_result": "cases.review.concluded",
    "review_withdrawn": "cases.case.withdrawn",
}
TELLS = ("suspension", "resumption", "decision", "withdrawal", "closing", "review_result", "supplied")


def register_all() -> None:
    """Make the kinds known that cases apply."""
    lines.handles("offer")(lines_forms.reads(offer))
    for kind in ("accept", "refuse", "recall", "recalled", "too_late", "stale", "propose", "reassign"):
        lines.handles(kind)(lines_forms.reads(answer))
    for kind in TELLS:
        lines.handles(kind)(lines_forms.reads(tell))
    lines.handles("review")(lines_forms.reads(review))
    lines.handles(crossing.STATE)(lines_forms.reads(state))


def offer(letter: lines.Letter, a: Act, peer: str) -> None:
    """Take an offer in: the case's row where it is new, the offer, the duty to answer it.

    What cannot be read here is returned at once with the reason, and put before the desk that it was for.
    """
    told = crossing_form.read(letter.body.get("facts"), letter.thread)
    if told.holder != letter.from_desk or told.epoch != letter.epoch or letter.papers != _named(told):
        raise crossing_form.wrong()
    if Offer.objects.filter(id=letter.body["offer"]).exclude(case=told.case).exists():
        raise crossing_trust.not_yours()
    case = locking.lock(told.case)
    try:
        crossing_in.need_readable(told, letter.basis)
        _need_clause(a, told, letter)
    except Unread as why:
        _return_unread(letter, a, told.case, why)
        return
    if case is None:
        case = crossing_in.first_heard(a, told, peer, letter.from_desk)
    else:
        crossing_in.follow(a, case, told, peer, letter.from_desk)
        case = _again(case)
    message = lines_kinds.keep(letter, a)
    handing.received(a, case, message)
    _entry(a, letter, peer, {"papers": len(letter.papers)})


def answer(letter: lines.Letter, a: Act, peer: str) -> None:
    """Apply any other message of the hand-over; after an acceptance the new holder is told what it may see now."""
    case = locking.lock(_number(letter))
    if case is None:
        _of_unknown(letter, a)
        return
    case = _again(case)
    _need_author(case, letter)
    message = lines_kinds.keep(letter, a)
    handing.received(a, case, message)
    if letter.kind == "accept":
        mirroring.mirror(a, case, to=[peer])
    _entry(
        a,
        letter,
        peer,
        {name: letter.body[name] for name in ("reason", "holder", "epoch") if name in letter.body},
        act=ACTS["recalled"] if letter.kind == "recall" and _given_back(letter) else "",
    )


def _given_back(letter: lines.Letter) -> bool:
    """Whether the offer that a letter asks back was recalled by it."""
    return Offer.objects.filter(id=letter.body["offer"], state=Offer.State.RECALLED).exists()


def tell(letter: lines.Letter, a: Act, peer: str) -> None:
    """Keep what a desk says that it did on the case, and ring; what came under an older epoch is answered so."""
    case, event = known(letter), str(letter.body["event"])
    crossing_tellers.need(case, letter, event)
    message = lines_kinds.keep(letter, a)
    text = str(letter.body.get("text", ""))
    if text and case.erased_at is None:
        corresponding.received_supply(case, desk=letter.to_desk, text=text, at=a.at)
    counts = handing.received_tell(a, case, message)
    crosses = crossed.tells(case, event, letter.body) if counts else ""
    if counts:
        parts.ring(letter.to_desk, crosses or event, case, a.at, dedupe=f"{event}:{letter.id}")
    kept = ("outcome", "ground", "missing")
    said: dict[str, Any] = {name: letter.body[name] for name in kept if name in letter.body}
    _entry(a, letter, peer, said, act=EVENTS[event] if counts else ACTS["stale"])
    if crosses:
        _entry(a, letter, peer, {}, act=crossed.ACTS[crosses])


def review(letter: lines.Letter, a: Act, peer: str) -> None:
    """Take a review in, which is a case of its own in the receiver's hands; or word of one to who decided."""
    if letter.body["event"] != "review_filed":
        tell(letter, a, peer)
        return
    crossing_tellers.need_reviewed(letter)
    told = crossing_form.read(letter.body.get("facts"), letter.thread)
    if told.accepting != letter.from_desk or told.holder != letter.to_desk or locking.lock(told.case):
        raise crossing_trust.not_yours()
    crossing_in.need_readable(told)
    message = lines_kinds.keep(letter, a)
    case = crossing_in.first_heard(a, told, peer, letter.from_desk)
    reviewing.received_review(a, case, message)
    parts.ring(letter.to_desk, "review_filed", case, a.at, dedupe=f"review_filed:{letter.id}")
    _entry(a, letter, peer, {"reviews": letter.body["reviews"]}, act="cases.review.filed")


def state(letter: lines.Letter, a: Act, peer: str) -> None:
    """Take over how a case stands, as far as the sender may say it; what changed is an entry on the case."""
    told = crossing_form.read(letter.body.get("facts"), letter.thread)
    case = locking.lock(told.case)
    if case is None:
        if told.accepting != letter.from_desk:
            raise Refused("no_such_case", _("No case of this number is known here."))
        crossing_in.need_readable(told)
        crossing_in.first_heard(a, told, peer, letter.from_desk)
        return
    case = _again(case)
    if told.epoch <= case.epoch and letter.from_desk not in {
        *crossing.desks_of(case),
        *crossing_in.offices(case),
    }:
        raise crossing_trust.not_yours()
    crossing_in.need_readable(told)
    before = crossing_in.standing(case)
    crossing_in.follow(a, case, told, peer, letter.from_desk)
    _heard_before(a, told.case)
    after = crossing_in.standing(_again(case))
    changed = [part for part, stood in before.items() if after[part] != stood]
    if "decisions" in changed:
        _crossed(a, _again(case), letter, peer)
    if changed:
        a.entry(
            letter.thread,
            act="cases.case.told",
            cause=f"line:{peer}/{letter.seq}",
            basis=case.procedure_id,
            payload={"changed": changed, "told_by": peer, "message": letter.id},
        )


def _crossed(a: Act, case: Case, letter: lines.Letter, peer: str) -> None:
    """Say once that a decision has come to a case that was withdrawn here, where no message of its own said so.

    So it is where the accepting desk agreed to a joint decision and recorded the withdrawal after it.
    """
    act = crossed.ACTS[crossed.RING]
    known = Entry.objects.filter(subject=letter.thread, act=act).exists()
    if known or crossed.decision(case) is None or nodes.home_of(case.accepting_desk_id) is not None:
        return
    parts.ring(case.accepting_desk_id, crossed.RING, case, a.at, dedupe=f"crossed:{case.number}")
    _entry(a, letter, peer, {}, act=act)


def _heard_before(a: Act, number: str) -> None:
    """Apply how the case stands as a peer told it too early: before this node knew that it could have the case."""
    own = Envelope.objects.filter(
        thread=f"case:{number}", kind=crossing.STATE, state=Envelope.State.REFUSED, reason="not_yours"
    ).exclude(channel__from_node=nodes.own().name)
    newest = {row.channel_id: row for row in own.select_related("channel").order_by("seq")}
    for row in newest.values():
        if not row.text:
            continue  # erased
        letter = lines.read(lines.Letter, bytes(row.text), "wrong_format")
        case = Case.objects.select_related("procedure", "holder", "competent_desk").get(pk=number)
        told = crossing_form.read(letter.body.get("facts"), letter.thread)
        if told.epoch <= case.epoch:
            continue
        try:
            crossing_trust.need_heir(case, letter.from_desk, told.holder, told.epoch, told.hand_overs)
            crossing_in.need_readable(told)
        except Refused:
            continue  # as before: it stays refused, and its sender was told so then
        crossing_in.follow(a, case, told, row.channel.from_node, letter.from_desk)


def _return_unread(letter: lines.Letter, a: Act, number: str, why: Unread) -> None:
    """Return an offer that cannot be read here, in the name of the desk that it was for, and ring that desk."""
    message = lines_kinds.keep(letter, a)
    exchange.send(
        "refuse",
        from_desk=letter.to_desk,
        to_desk=letter.from_desk,
        thread=letter.thread,
        basis=letter.basis,
        body={
            "case": number,
            "offer": str(letter.body["offer"]),
            "reason": f"{words.NOT_READ}:{why.code}"[:40],
            "remark": "",
        },
        at=a.at,
        epoch=letter.epoch,
        in_reply_to=message,
    )
    exchange.notify(
        letter.to_desk,
        "offer_not_read",
        link="/nodes/notes/",
        at=a.at,
        dedupe=f"not_read:{letter.id}",
        params={"case": number, "desk": letter.from_desk, "code": why.code},
    )
    a.entry(letter.thread, act="cases.offer.not_read", basis=letter.basis, payload={"code": why.code})


def _of_unknown(letter: lines.Letter, a: Act) -> None:
    """Answer what is about a case that this node never took in: a recall is granted, the rest cannot be applied."""
    if letter.kind not in {"recall", "stale"}:
        raise Refused("no_such_case", _("No case of this number is known here."))
    message = lines_kinds.keep(letter, a)
    if letter.kind == "recall":
        exchange.send(
            "recalled",
            from_desk=letter.to_desk,
            to_desk=letter.from_desk,
            thread=letter.thread,
            basis=letter.basis,
            body={"case": _number(letter), "offer": str(letter.body.get("offer", ""))},
            at=a.at,
            epoch=letter.epoch,
            in_reply_to=message,
        )


def _need_clause(a: Act, told: Facts, letter: lines.Letter) -> None:
    """Raise Unread unless the clause that is named binds both desks for such a case (HEART §3, basis)."""
    procedure = told.procedure.partition("@")[0]
    try:
        binding, _clause = parts.basis_of(
            sorted(told.rulebook), procedure, letter.from_desk, letter.to_desk, a.at
        )
    except NotAllowed as why:
        raise Unread("no_clause_binds", why.what) from why
    if binding.clause_id != letter.basis:
        raise Unread("no_clause_binds", _("The clause that is named does not bind both desks."))


def _need_author(case: Case, letter: lines.Letter) -> None:
    """Raise Refused unless the desk that says it is the one that may: the offer's receiver, its sender, an office."""
    body = letter.body
    if letter.kind == "reassign":
        crossing_trust.need_named(case, letter.from_desk, body["holder"], body["epoch"], body["offices"])
        return
    if letter.kind == "propose" or (letter.kind == "refuse" and "proposal" in body):
        fits = letter.from_desk in crossing_in.offices(case)
    elif letter.kind == "stale":
        fits = letter.from_desk in _may_be_stale(case, letter)
    else:
        made = case.offers.filter(id=body["offer"]).first()
        wanted = _author_of(made, letter.kind) if made is not None else ""
        fits = letter.from_desk == wanted if made is not None else letter.kind == "recall"
    if not fits:
        raise crossing_trust.not_yours()


def _may_be_stale(case: Case, letter: lines.Letter) -> set[str]:
    """Return who may answer `stale`: about an offer its two desks, else whoever has a part."""
    made = case.offers.filter(id=letter.body["about"]).first()
    if made is not None:
        return {made.from_desk_id, made.to_desk_id}
    return {*crossing.desks_of(case), *crossing_in.offices(case)}


def _author_of(made: Offer, kind: str) -> str:
    return made.from_desk_id if kind == "recall" else made.to_desk_id


def _named(told: Facts) -> list[str]:
    return sorted({file.sha256 for file in told.files if not file.replaced_by})


def known(letter: lines.Letter) -> Case:
    """Lock the case that a letter is about and return it. Raises Refused for one that is not known here."""
    case = locking.lock(_number(letter))
    if case is None:
        raise Refused("no_such_case", _("No case of this number is known here."))
    return _again(case)


def _number(letter: lines.Letter) -> str:
    return letter.thread.partition(":")[2]


def _again(case: Case) -> Case:
    return Case.objects.select_related("procedure", "holder", "competent_desk").get(pk=case.pk)


def _entry(a: Act, letter: lines.Letter, peer: str, said: Mapping[str, Any], *, act: str = "") -> None:
    """Leave the entry of what was done there, on the case or its offer."""
    number = letter.body.get("offer")
    a.entry(
        f"{letter.thread}/offer:{number}" if number else letter.thread,
        act=act or ACTS[letter.kind],
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={**said, "told_by": peer, "message": letter.id},
    )

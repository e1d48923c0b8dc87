"""Hand-over as a protocol (HEART §9): pure, without database and clock, the same in one database and between nodes.

A node keeps a replica of a case and numbered channels to other nodes. A command (`offer`, `accept`, `refuse`,
`recall`, `tell`, `propose`, `agree`) or a message that arrives (`apply`, through the channel `receive`) gives a `Step`:
the new replica, what is to be sent, and what it means for people (effects). Nothing is decided by a clock: the order
is the number of a message in its channel, and the higher epoch is right.

Three guards hold it together, each a function of its own: `is_open` (an offer is settled by one transition),
`seen_before` (a message counts once, by its id) and `gap_before` (a channel is applied in the order of its numbers).
`tests/test_negative_controls.py` takes each away and shows what goes wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

OFFERED, TAKEN_OVER, RETURNED, RECALLED, STALE = "offered", "taken_over", "returned", "recalled", "stale"
OWN_KINDS = ("offer", "accept", "refuse", "recall", "recalled", "too_late", "stale", "propose", "reassign")
NEVER_STALE = ("recalled", "too_late", "stale", "reassign")  # answers to answers would never end
HAND_OVERS = 4  # answered, without a decision: then the coordination offices name a holder


class NotNow(Exception):
    """A command that the protocol does not allow; `code` says why: not_holder, frozen, settled, no_offer …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Draft:
    """What is to be sent, before its channel gives it a number."""

    kind: str
    from_desk: str
    to_desk: str
    epoch: int  # of the case, under which it is said
    in_reply_to: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """A numbered message of a channel from node to node."""

    id: str
    from_node: str
    to_node: str
    seq: int
    case: str
    said: Draft


@dataclass(frozen=True)
class Offer:
    """A hand-over as a replica knows it."""

    id: str
    from_desk: str
    to_desk: str
    epoch: int
    state: str = OFFERED
    recalling: bool = False  # the sender has asked for it back and waits for the answer


@dataclass(frozen=True)
class Proposal:
    """A holder that one coordination office proposes to another; until the answer nobody offers or takes over."""

    id: str
    office: str
    asked: str
    holder: str
    epoch: int  # that the proposing office knew
    known: frozenset[str] = frozenset()  # the acts that it had before it


@dataclass(frozen=True)
class Effect:
    """What a step means for people: offered, taken_over, returned, recalled, too_late, contested, disputed, proposed,
    declined, reassigned, told; `about` is the id of the offer, the proposal or the act.
    """

    name: str
    about: str


@dataclass(frozen=True)
class Replica:
    """A case as one node knows it."""

    case: str
    holder: str
    epoch: int = 0
    fixed: int = 0  # the epoch of the last reassign: what is older is contested
    frozen_by: str = ""  # the open offer
    offers: Mapping[str, Offer] = field(default_factory=dict)
    handed: int = 0  # hand-overs that were answered since the case began or a holder was named
    proposal: Proposal | None = None
    told: Mapping[str, int] = field(default_factory=dict)  # acts on the case, with the epoch of each
    contested: frozenset[str] = (
        frozenset()
    )  # ids of what came under an older epoch: kept, and put before both

    @property
    def disputed(self) -> bool:
        """Whether only the coordination offices may move the case on."""
        return self.handed >= HAND_OVERS


@dataclass(frozen=True)
class Step:
    """What follows from a command or a message."""

    replica: Replica
    send: tuple[Draft, ...] = ()
    effects: tuple[Effect, ...] = ()


def may_act(replica: Replica, desk: str) -> bool:
    """Whether a desk may act on the case, as this node knows it: it holds the case, and no offer freezes it."""
    return replica.holder == desk and not replica.frozen_by


def is_open(made: Offer) -> bool:
    """Guard: an offer is settled by one transition, from offered, and never again."""
    return made.state == OFFERED


# Commands.


def offer(replica: Replica, *, by: str, to: str, id: str, body: Mapping[str, Any] | None = None) -> Step:  # noqa: A002
    """The holder offers the case: it stays holder and answerable, but is frozen and may only recall."""
    _need(replica.holder == by, "not_holder")
    _need(not replica.frozen_by, "frozen")
    _need(not replica.disputed and replica.proposal is None, "disputed")
    _need(to != by, "own_desk")
    made = Offer(id, by, to, replica.epoch)
    said = {**(body or {}), "offer": id, "handed": replica.handed}
    return Step(
        replace(replica, frozen_by=id, offers={**replica.offers, id: made}),
        (Draft("offer", by, to, replica.epoch, body=said),),
    )


def accept(replica: Replica, *, by: str, id: str) -> Step:  # noqa: A002
    """The receiver takes the case over: it is the holder from here, epoch + 1."""
    made = _offered_to(replica, by, id)
    _need(replica.proposal is None and not replica.disputed, "disputed")
    said = Draft(
        "accept", by, made.from_desk, made.epoch, id, {"offer": id, "holder": by, "epoch": made.epoch + 1}
    )
    return Step(_take_over(replica, made), (said,), _counted(replica, "taken_over", id))


def refuse(replica: Replica, *, by: str, id: str, body: Mapping[str, Any] | None = None) -> Step:  # noqa: A002
    """The receiver returns an offer, or a coordination office declines a proposal: the epoch stays."""
    asked = replica.proposal
    if asked is not None and asked.id == id:
        _need(asked.asked == by, "not_asked")
        declined = Draft(
            "refuse", by, asked.office, replica.epoch, id, {**(body or {}), "proposal": asked.id}
        )
        return Step(replace(replica, proposal=None), (declined,), (Effect("declined", id),))
    made = _offered_to(replica, by, id)
    said = Draft("refuse", by, made.from_desk, made.epoch, id, {**(body or {}), "offer": id})
    return Step(_return(replica, made), (said,), _counted(replica, "returned", id))


def recall(replica: Replica, *, by: str, id: str) -> Step:  # noqa: A002
    """The sender asks for its offer back. It stays frozen until the receiver's answer: recalled or too late."""
    made = replica.offers.get(id)
    _need(made is not None and made.from_desk == by, "no_offer")
    assert made is not None
    _need(is_open(made), "settled")
    _need(not made.recalling, "recalling")
    asked = replace(replica, offers={**replica.offers, id: replace(made, recalling=True)})
    return Step(asked, (Draft("recall", by, made.to_desk, made.epoch, id, {"offer": id}),))


def tell(replica: Replica, *, by: str, to: str, id: str, kind: str = "decision") -> Step:  # noqa: A002
    """The holder acts on the case and tells another desk."""
    _need(replica.holder == by, "not_holder")
    _need(not replica.frozen_by, "frozen")
    said = Draft(kind, by, to, replica.epoch, body={"act": id})
    return Step(replace(replica, told={**replica.told, id: replica.epoch}), (said,), (Effect("told", id),))


def propose(replica: Replica, *, by: str, to: str, holder: str, id: str) -> Step:  # noqa: A002
    """A coordination office proposes a holder to the other; from here neither side offers or takes over."""
    _need(replica.proposal is None, "proposed")
    known = frozenset(replica.told)
    made = Proposal(id, by, to, holder, replica.epoch, known)
    said = {"proposal": id, "holder": holder, "known": sorted(known)}
    return Step(replace(replica, proposal=made), (Draft("propose", by, to, replica.epoch, body=said),))


def agree(replica: Replica, *, by: str, id: str, tell_desks: Collection[str]) -> Step:  # noqa: A002
    """The office that was asked agrees: the holder is named, epoch + 2 above all that both offices knew.

    Two, because a partner that does not answer may have taken the case over meanwhile; acts under an older epoch that
    neither office had before it are contested.
    """
    asked = replica.proposal
    _need(asked is not None and asked.id == id and asked.asked == by, "no_proposal")
    assert asked is not None
    epoch = max(asked.epoch, replica.epoch) + 2
    known = sorted(asked.known | frozenset(replica.told))
    body = {"holder": asked.holder, "epoch": epoch, "known": known, "offices": [asked.office, by]}
    step = _named(replica, id, asked.holder, epoch, known)
    return replace(
        step, send=tuple(Draft("reassign", by, desk, epoch, id, body) for desk in sorted(tell_desks))
    )


# A message arrives.


def apply(replica: Replica, message_id: str, said: Draft) -> Step:
    """Return what follows from a message that is stored now, for the first time and in its turn."""
    if said.epoch < replica.fixed and said.kind not in NEVER_STALE:
        return _stale(replica, message_id, said)
    match said.kind:
        case "offer":
            return _on_offer(replica, message_id, said)
        case "accept":
            return _on_accept(replica, said)
        case "refuse":
            return _on_refuse(replica, said)
        case "recall":
            return _on_recall(replica, message_id, said)
        case "recalled":
            return _on_recalled(replica, said)
        case "too_late":
            return Step(replica, effects=(Effect("too_late", str(said.body["offer"])),))
        case "stale":
            return _on_stale(replica, said)
        case "propose":
            return _on_propose(replica, said)
        case "reassign":
            return _named(
                replica,
                said.in_reply_to,
                str(said.body["holder"]),
                int(said.body["epoch"]),
                said.body["known"],
            )
    act = str(said.body["act"])
    learned = _learn(replica, said.from_desk, said.epoch)
    return Step(replace(learned, told={**learned.told, act: said.epoch}), effects=(Effect("told", act),))


def _on_offer(replica: Replica, message_id: str, said: Draft) -> Step:
    if said.epoch < replica.epoch or (said.epoch == replica.epoch and said.from_desk != replica.holder):
        return _stale(replica, message_id, said)
    learned = _learn(replica, said.from_desk, said.epoch)
    made = Offer(str(said.body["offer"]), said.from_desk, said.to_desk, said.epoch)
    handed = int(said.body.get("handed", 0))
    handed = handed if said.epoch > replica.epoch else max(replica.handed, handed)
    stored = replace(learned, frozen_by=made.id, handed=handed, offers={**learned.offers, made.id: made})
    return Step(stored, effects=(Effect("offered", made.id),))


def _on_accept(replica: Replica, said: Draft) -> Step:
    made = replica.offers.get(str(said.body["offer"]))
    if made is None or not is_open(made):
        return Step(replica)  # a late answer must not unseat who has become holder since
    return Step(_take_over(replica, made), effects=_counted(replica, "taken_over", made.id))


def _on_refuse(replica: Replica, said: Draft) -> Step:
    asked = replica.proposal
    if asked is not None and asked.id == said.body.get("proposal"):
        return Step(replace(replica, proposal=None), effects=(Effect("declined", asked.id),))
    made = replica.offers.get(str(said.body.get("offer", "")))
    if made is None or not is_open(made):
        return Step(replica)
    return Step(_return(replica, made), effects=_counted(replica, "returned", made.id))


def _on_recall(replica: Replica, message_id: str, said: Draft) -> Step:
    """Give back what is not answered; what never came can never be taken over, for channels have no gap."""
    number = str(said.body["offer"])
    made = replica.offers.get(number)
    if made is None or is_open(made):
        done = replica if made is None else _settle(replica, made, RECALLED)
        answer = Draft("recalled", said.to_desk, said.from_desk, said.epoch, message_id, {"offer": number})
        return Step(done, (answer,), (Effect("recalled", number),))
    told = {"offer": number, "state": made.state, "holder": replica.holder, "epoch": replica.epoch}
    return Step(replica, (Draft("too_late", said.to_desk, said.from_desk, said.epoch, message_id, told),))


def _on_recalled(replica: Replica, said: Draft) -> Step:
    made = replica.offers.get(str(said.body["offer"]))
    if made is None or not is_open(made):
        return Step(replica)
    return Step(_settle(replica, made, RECALLED), effects=(Effect("recalled", made.id),))


def _on_stale(replica: Replica, said: Draft) -> Step:
    """Learn who holds the case now; what was sent under the older epoch is contested here too."""
    about = str(said.body["about"])
    learned = _learn(replica, str(said.body["holder"]), int(said.body["epoch"]))
    made = learned.offers.get(about)
    if made is not None and is_open(made):
        learned = _settle(learned, made, STALE)
    if learned.proposal is not None and learned.proposal.id == about:
        learned = replace(learned, proposal=None)
    fixed = max(learned.fixed, int(said.body["fixed"]))
    return _contest(replace(learned, fixed=fixed), about)


def _on_propose(replica: Replica, said: Draft) -> Step:
    """Store what the other office proposes. Of two proposals that cross, the one with the lower id counts."""
    made = Proposal(
        str(said.body["proposal"]),
        said.from_desk,
        said.to_desk,
        str(said.body["holder"]),
        said.epoch,
        frozenset(said.body["known"]),
    )
    own = replica.proposal
    crossed = own is not None and own.office == made.asked and own.asked == made.office
    if own is None or (crossed and made.id < own.id):
        return Step(replace(replica, proposal=made), effects=(Effect("proposed", made.id),))
    body = {"proposal": made.id, "reason": "crossed"}
    return Step(replica, (Draft("refuse", said.to_desk, said.from_desk, replica.epoch, made.id, body),))


def _named(replica: Replica, about: str, holder: str, epoch: int, known: Collection[str]) -> Step:
    """A holder is named: open offers and proposals fall, acts that the offices did not know are contested."""
    late = {act for act, under in replica.told.items() if under < epoch and act not in set(known)}
    learned = _learn(replica, holder, epoch)
    if epoch > replica.fixed:
        learned = replace(learned, fixed=epoch, handed=0 if epoch >= learned.epoch else learned.handed)
    if learned.proposal is not None and learned.proposal.epoch < epoch:
        learned = replace(learned, proposal=None)
    new = late - learned.contested
    return Step(
        replace(learned, contested=learned.contested | late),
        effects=(Effect("reassigned", about), *(Effect("contested", act) for act in sorted(new))),
    )


def _stale(replica: Replica, message_id: str, said: Draft) -> Step:
    """Keep what came under an older epoch, put it before both, and say who holds the case now."""
    about = str(said.body.get("act") or said.body.get("offer") or said.body.get("proposal") or message_id)
    told = {"about": about, "holder": replica.holder, "epoch": replica.epoch, "fixed": replica.fixed}
    answer = Draft("stale", said.to_desk, said.from_desk, replica.epoch, message_id, told)
    return replace(_contest(replica, about), send=(answer,))


def _contest(replica: Replica, about: str) -> Step:
    if about in replica.contested:
        return Step(replica)
    return Step(
        replace(replica, contested=replica.contested | {about}), effects=(Effect("contested", about),)
    )


def _learn(replica: Replica, holder: str, epoch: int) -> Replica:
    """Take over what a higher epoch says; an offer under a lower one is settled by it."""
    if epoch <= replica.epoch:
        return replica
    offers = {
        number: replace(made, state=STALE) if made.state == OFFERED and made.epoch < epoch else made
        for number, made in replica.offers.items()
    }
    return replace(replica, holder=holder, epoch=epoch, frozen_by="", offers=offers)


def _settle(replica: Replica, made: Offer, state: str) -> Replica:
    thawed = "" if replica.frozen_by == made.id else replica.frozen_by
    return replace(replica, frozen_by=thawed, offers={**replica.offers, made.id: replace(made, state=state)})


def _take_over(replica: Replica, made: Offer) -> Replica:
    """Settle an offer as taken over: its receiver holds the case, one epoch up."""
    settled = _settle(replica, made, TAKEN_OVER)
    return replace(settled, holder=made.to_desk, epoch=made.epoch + 1, handed=settled.handed + 1)


def _return(replica: Replica, made: Offer) -> Replica:
    settled = _settle(replica, made, RETURNED)
    return replace(settled, handed=settled.handed + 1)


def _counted(replica: Replica, name: str, about: str) -> tuple[Effect, ...]:
    """Return the effect of an answered hand-over, and of the one that opens a competence dispute."""
    opens = replica.handed + 1 == HAND_OVERS
    return (Effect(name, about), Effect("disputed", about)) if opens else (Effect(name, about),)


def _offered_to(replica: Replica, desk: str, number: str) -> Offer:
    made = replica.offers.get(number)
    _need(made is not None and made.to_desk == desk, "no_offer")
    assert made is not None
    _need(is_open(made), "settled")
    return made


def _need(holds: bool, code: str) -> None:
    if not holds:
        raise NotNow(code)


# Channels: numbered without gap, stored once, applied in order.


@dataclass(frozen=True)
class Line:
    """What a node keeps of its two channels with another node."""

    sent: int = 0  # the last number that was given
    waiting: tuple[Message, ...] = ()  # sent and not acknowledged: they are sent again
    stored: int = 0  # the highest number that is stored without gap
    ids: Mapping[int, str] = field(default_factory=dict)  # of what is stored, by its number
    answers: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)  # by the id that was answered


@dataclass(frozen=True)
class Ack:
    """The highest number stored without gap; with `again`, what comes after it is asked for."""

    from_node: str
    to_node: str
    seq: int
    again: bool = False


@dataclass(frozen=True)
class Node:
    """One installation: which node each desk lives on, its replicas and its lines."""

    name: str
    desks: Mapping[str, str]
    cases: Mapping[str, Replica] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """What follows from something that arrived."""

    node: Node
    send: tuple[Message, ...] = ()
    effects: tuple[Effect, ...] = ()
    ack: Ack | None = None


def seen_before(line: Line, message: Message) -> bool:
    """Guard: a message counts once, by its id; again it is answered as before, without effect."""
    return message.id in line.answers


def gap_before(line: Line, message: Message) -> bool:
    """Guard: a channel is applied in the order of its numbers; what comes before its turn is asked for again."""
    return message.seq > line.stored + 1


def do(node: Node, case: str, step: Step) -> Received:
    """Keep what a command gave, and number what it sends."""
    here = replace(node, cases={**node.cases, case: step.replica})
    sent: tuple[Message, ...] = ()
    for said in step.send:
        here, message = _number(here, case, said)
        if message is not None:
            sent += (message,)
    return Received(here, sent, step.effects)


def receive(node: Node, message: Message) -> Received:
    """Take a message in: once, in its turn; the acknowledgement names the highest number stored without gap."""
    line = node.lines.get(message.from_node, Line())
    if seen_before(line, message):
        return Received(node, line.answers[message.id], ack=_ack(node, message.from_node))
    if gap_before(line, message) or _number_taken(line, message):
        return Received(node, ack=_ack(node, message.from_node, again=True))
    known = node.cases.get(message.case) or Replica(message.case, message.said.from_desk, message.said.epoch)
    done = do(node, message.case, apply(known, message.id, message.said))
    after = done.node.lines.get(message.from_node, Line())
    kept = replace(
        after,
        stored=max(after.stored, message.seq),
        ids={**after.ids, message.seq: message.id},
        answers={**after.answers, message.id: done.send},
    )
    here = replace(done.node, lines={**done.node.lines, message.from_node: kept})
    return replace(done, node=here, ack=_ack(here, message.from_node))


def acknowledged(node: Node, ack: Ack) -> Received:
    """Forget what the other node has stored; what it asks for is sent again."""
    line = node.lines.get(ack.from_node, Line())
    waiting = tuple(message for message in line.waiting if message.seq > ack.seq)
    here = replace(node, lines={**node.lines, ack.from_node: replace(line, waiting=waiting)})
    return Received(here, waiting if ack.again else ())


def unacknowledged(node: Node) -> tuple[Message, ...]:
    """Return what is to be sent again until it is acknowledged."""
    return tuple(message for line in node.lines.values() for message in line.waiting)


def _number(node: Node, case: str, said: Draft) -> tuple[Node, Message | None]:
    """Give a draft the next number of its channel; what stays on this node needs none and is known already."""
    to = node.desks[said.to_desk]
    if to == node.name:
        return node, None
    line = node.lines.get(to, Line())
    seq = line.sent + 1
    message = Message(f"{node.name}>{to}:{seq}", node.name, to, seq, case, said)
    grown = replace(line, sent=seq, waiting=(*line.waiting, message))
    return replace(node, lines={**node.lines, to: grown}), message


def _number_taken(line: Line, message: Message) -> bool:
    """Whether another message has this number already; it is not the sender's, and is left out."""
    return line.ids.get(message.seq, message.id) != message.id


def _ack(node: Node, to: str, *, again: bool = False) -> Ack:
    return Ack(node.name, to, node.lines.get(to, Line()).stored, again)

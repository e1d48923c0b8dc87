"""What agreements send to a desk at another node, and what comes from one: notices, warnings, receipts, deliveries.

A matter and its duties stay at the node of the desk that reported it; what crosses is the word of it. A receipt that
the other desk gives crosses back and meets what it owed here. Matters are numbered at each node: a peer's stand apart
(`exchange.lines_threads`), and nothing of them is seen in a matter or a case of this node.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from tongxin.heart.agreements import duties, letters_form, vocabulary
from tongxin.heart.agreements.actions import parts, telling
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange import letters, lines, lines_kinds, lines_threads, nodes
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.sights import Looker
from tongxin.shared.errors import Refused

KINDS = ("notice", "warning", "stand_down", "all_clear", "call", "delivery")
RING = "letter"


def register_all() -> None:
    """Make the kinds known that agreements apply, and their words."""
    for kind in KINDS:
        lines.handles(kind)(keep)
        letters.register(
            kind,
            letters.Letters(text, to_confirm, telling.confirm) if kind == "notice" else letters.Letters(text),
        )
    lines.handles("confirm")(confirm)
    letters.register("confirm", letters.Letters(text))


def keep(letter: lines.Letter, a: Act, peer: str) -> None:
    """Keep what another node's desk says, and ring the desk that it is for."""
    if not letter.from_desk or not letter.to_desk:
        raise Refused("wrong_facts", _("A note goes from a desk to a desk."))
    letters_form.need(letter)
    thread = lines_threads.of_peer(letter)
    lines_kinds.keep(letter, a, thread=thread)
    exchange.notify(
        letter.to_desk,
        RING,
        link="/nodes/notes/",
        at=a.at,
        dedupe=f"letter:{letter.id}",
        params={"desk": letter.from_desk, "kind": letter.kind},
        drill=letter.drill,
    )
    a.entry(
        thread,
        act="agreements.letter.received",
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={"kind": letter.kind, "message": letter.id, "to": letter.to_desk},
    )


def confirm(letter: lines.Letter, a: Act, peer: str) -> None:
    """Meet what the desk owed for a notice of ours: the word that it was received."""
    letters_form.need(letter)
    sent = Message.objects.filter(
        pk=letter.body["notice"],
        channel__from_node=settings.NODE,
        kind__in=("notice", "call"),
        to_desk=letter.from_desk,
        from_desk=letter.to_desk,
    ).first()
    if sent is None or letter.in_reply_to != str(sent.pk):
        raise Refused("answers_nothing", _("It answers nothing that this node sent."))
    parts.lock_thread(sent.thread)
    message = lines_kinds.keep(letter, a, thread=sent.thread)
    rows = Duty.objects.filter(
        purpose=Duty.Purpose.CONFIRM,
        state=Duty.State.OPEN,
        opened_by=f"message:{sent.pk}",
        bound_desk_id=letter.from_desk,
    )
    met = list(rows.select_related("clause__version").order_by("due_at", "id"))
    done = parts.performance("agreements.notice.confirmed", a.by, a.at, message=message) if met else None
    for duty in met:
        duties.meet(duty, done, delivered_at=a.at)
    parts.ring(
        letter.to_desk,
        "notice_confirmed",
        sent.thread,
        a.at,
        dedupe=f"confirmed:{sent.pk}",
        drill=sent.drill,
        matter=sent.thread.partition(":")[2],
        desk=letter.from_desk,
    )
    a.entry(
        f"{sent.thread}/message:{message.pk}",
        act="agreements.notice.confirmed",
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={"notice": str(sent.pk), "met": duties.summaries(met), "told_by": peer},
    )


def to_confirm(message: Message) -> bool:
    """Tell whether a notice came from another node and its receipt is not confirmed yet."""
    return (
        telling.crossed(message)
        and message.channel.to_node == settings.NODE
        and nodes.home_of(message.from_desk_id) is not None
        and not message.answers.exists()
    )


def may_see(looker: Looker, subject: str) -> bool:
    """Whether the looker's desk may see the payload of an entry about a peer's matter: it said or got something.

    What is about the node itself is what the page of nodes shows to all.
    """
    name, slash, rest = subject.partition("/")
    if not slash:
        return True
    rows = Message.objects.read_as("agreements.judge").filter(thread=f"{name}/{rest.partition('/')[0]}")
    return rows.filter(Q(from_desk_id=looker.desk) | Q(to_desk_id=looker.desk)).exists()


def text(message: Message) -> str:
    """Return what a message says: what it is, and what it carries, each on a line of its own."""
    said = [str(_WORDS[message.kind]())]
    for name, value in dict(message.body.get("carried", {})).items():
        field = vocabulary.fields().get(name)
        title = field.title if field else str(_OWN[name]()) if name in _OWN else name
        said.append(
            _("%(title)s: %(value)s") % {"title": title, "value": vocabulary.value_words(name, str(value))}
        )
    for name in ("reason", "remark"):
        if message.body.get(name):
            said.append(str(message.body[name]))
    return "\n".join(said)


_WORDS = {
    "notice": lambda: _("Notice of an event"),
    "warning": lambda: _("Warning without a clause"),
    "stand_down": lambda: _("It no longer concerns your office"),
    "all_clear": lambda: _("All-clear"),
    "call": lambda: _("Telephone call, as the caller records it"),
    "delivery": lambda: _("Delivery of what was owed"),
    "confirm": lambda: _("Receipt confirmed"),
}
_OWN = {"remark": lambda: _("Remark"), "outcome": lambda: _("Your answer")}

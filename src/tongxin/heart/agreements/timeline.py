"""The timeline of a matter: its ledger entries in words, as far as the reader has a part in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import errands, queries, wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Post
from tongxin.shared.named import Both


@dataclass(frozen=True)
class Moment:
    """One line of a timeline, as `parts/timeline.html` shows it."""

    at: datetime
    text: str
    kind: str  # done, bad, border
    seal: int  # index of the ledger entry
    sub: str = ""

    @property
    def url(self) -> str:
        """The page of the ledger entry."""
        return f"/ledger/{self.seal}/"


def of_matter(reader: Acting, matter: Matter) -> list[Moment]:
    """Return the matter's story, latest first: the whole for who sees the whole, else the reader's own part."""
    thread = f"matter:{matter.number}"
    lines = [(line.entry, line.payload or {}) for line in ledger.timeline(thread)]
    if not queries.sees_whole(reader, matter):
        own = {str(pk) for pk in queries.duties(reader).filter(matter=matter).values_list("pk", flat=True)}
        messages = {str(n.message.id) for n in errands.notices(reader, matter)}
        lines = [
            (entry, payload)
            for entry, payload in lines
            if _part_of(entry, payload, reader, thread, own, messages)
        ]
    names = wording.desk_names({e.desk for e, _p in lines} | {str(p["to"]) for _e, p in lines if "to" in p})
    posts = Post.objects.in_bulk({post for _e, p in lines for post in p.get("posts", ())})
    duties = queries.with_names(Duty.objects.filter(matter=matter)).in_bulk()
    return [_moment(entry, payload, names, posts, duties) for entry, payload in reversed(lines)]


def _part_of(
    entry: Entry, payload: dict[str, Any], reader: Acting, thread: str, duties: set[str], messages: set[str]
) -> bool:
    """Whether a line is about the reader's own side: its acts, messages to and from it, rings of its duties."""
    if errands.is_side_of(reader, entry.desk):
        return True
    below = entry.subject.removeprefix(thread).strip("/")
    kind, _colon, name = below.partition(":")
    if kind == "duty":
        return name in duties
    return kind == "message" and (name in messages or str(payload.get("notice")) in messages)


def _moment(
    entry: Entry,
    payload: dict[str, Any],
    names: dict[str, Both],
    posts: dict[str, Post],
    duties: dict[int, Duty],
) -> Moment:
    desk = str(names.get(entry.desk, entry.desk))
    act = entry.act
    if act == "agreements.notice.sent":
        to = str(payload.get("to", ""))
        said = {"from": desk, "to": names.get(to, to)}
        return Moment(
            entry.at, _("%(from)s notified %(to)s") % said, "border", entry.index, _met(payload, entry)
        )
    if act == "agreements.notice.confirmed":
        text = _("%(desk)s confirmed receipt") % {"desk": desk}
        return Moment(entry.at, text, "done", entry.index, _met(payload, entry))
    if act in {"agreements.duty.reminded", "agreements.duty.escalated"}:
        return _rung(entry, payload, posts, duties)
    if act.endswith(".reported"):
        n = len(payload.get("duties", ()))
        sub = ngettext("%(n)d duty opened", "%(n)d duties opened", n) % {"n": n} if payload else ""
        return Moment(entry.at, _("%(desk)s reported it") % {"desk": desk}, "done", entry.index, sub)
    return Moment(entry.at, f"{desk}: {act}", "done", entry.index)


def _rung(entry: Entry, payload: dict[str, Any], posts: dict[str, Post], duties: dict[int, Duty]) -> Moment:
    step = str(payload.get("step", ""))
    words = wording.STEPS.get(step, step)
    kind = "bad" if entry.act.endswith("escalated") else "done"
    pk = entry.subject.rpartition("duty:")[2]
    duty = duties.get(int(pk)) if pk.isdecimal() else None
    about = f"{wording.desk_name(duty.bound_desk)} · {wording.duty_words(duty)}" if duty else ""
    rung = [posts[p] for p in payload.get("posts", ()) if p in posts]
    if rung:
        return Moment(entry.at, _("Rung: %(step)s") % {"step": words}, kind, entry.index, about)
    text = _("Nobody there for: %(step)s") % {"step": words}
    after = _("the next step was taken at once") if kind == "bad" else ""
    return Moment(entry.at, text, kind, entry.index, " · ".join(part for part in (about, after) if part))


def _met(payload: dict[str, Any], entry: Entry) -> str:
    """Return how the act stood to the duties it met."""
    dues = [datetime.fromisoformat(str(d["due_at"])) for d in payload.get("met", ())]
    if not dues:
        return ""
    late = max(((entry.at - due).total_seconds() for due in dues), default=0)
    if late <= 0:
        return _("on time")
    if late < 60:
        return _("less than a minute late")
    minutes = int(late // 60)
    return ngettext("%(n)d minute late", "%(n)d minutes late", minutes) % {"n": minutes}

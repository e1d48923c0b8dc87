"""The timeline of a matter: its ledger entries in words, as far as the reader has a part in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from tongxin.heart.agreements import errands, queries, wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Post
from tongxin.shared.named import Both, pick

# What an act is called, and how its line is marked: done, border (across a boundary), bad. `to` is who it went to.
WORDS: dict[str, tuple[Any, str]] = {
    "reported": (gettext_lazy("%(desk)s reported it"), "done"),
    "corrected": (gettext_lazy("%(desk)s corrected the report"), "done"),
    "forecast.recorded": (gettext_lazy("%(desk)s entered a forecast"), "done"),
    "result.presented": (gettext_lazy("%(desk)s recorded what was presented"), "done"),
    "agreements.event.withdrawn": (gettext_lazy("%(desk)s withdrew the report"), "done"),
    "agreements.event.objected": (gettext_lazy("%(desk)s objected to the report"), "border"),
    "agreements.merge.proposed": (gettext_lazy("%(desk)s proposed: one matter with %(other)s"), "border"),
    "agreements.matter.closed": (gettext_lazy("%(desk)s gave the all-clear"), "done"),
    "agreements.matter.switched": (
        gettext_lazy("A new version of an instrument applies from here on"),
        "done",
    ),
    "agreements.notice.sent": (gettext_lazy("%(desk)s notified %(to)s"), "border"),
    "agreements.warning.sent": (gettext_lazy("%(desk)s warned %(to)s without a clause"), "border"),
    "agreements.notice.confirmed": (gettext_lazy("%(desk)s confirmed receipt"), "done"),
    "agreements.call.made": (gettext_lazy("%(desk)s recorded a telephone call to %(to)s"), "border"),
    "agreements.call.heard": (gettext_lazy("%(desk)s recorded that it was told by telephone"), "border"),
    "agreements.stand_down.sent": (
        gettext_lazy("%(desk)s told %(to)s that it no longer concerns them"),
        "border",
    ),
    "agreements.conflict.voted": (gettext_lazy("%(desk)s said which clause shall rule"), "done"),
    "agreements.agenda.settled": (
        gettext_lazy("%(desk)s recorded what the leaders' meeting resolved"),
        "done",
    ),
    "agreements.duty.performed": (gettext_lazy("%(desk)s delivered"), "border"),
    "agreements.duty.accepted": (gettext_lazy("%(desk)s accepted the delivery"), "done"),
    "agreements.duty.accepted_by_silence": (
        gettext_lazy("Accepted: the owed office let its time pass"),
        "done",
    ),
    "agreements.duty.sent_back": (gettext_lazy("%(desk)s sent the delivery back"), "border"),
    "agreements.duty.returned_by_silence": (
        gettext_lazy("Sent back: the owed office let its time pass"),
        "done",
    ),
    "agreements.duty.excused": (gettext_lazy("%(desk)s excused the duty"), "done"),
    "agreements.duty.given_up": (gettext_lazy("%(desk)s gave the duty up as not met"), "bad"),
    "agreements.duty.suspended": (gettext_lazy("%(desk)s suspended the duty"), "done"),
    "agreements.duty.resumed": (gettext_lazy("%(desk)s resumed the duty"), "done"),
    "agreements.duty.date_proposed": (gettext_lazy("%(desk)s proposed another day"), "border"),
    "agreements.duty.moved": (gettext_lazy("A due moved: %(old)s → %(new)s"), "done"),
    "agreements.duty.recounted": (
        gettext_lazy("A due was counted anew on the published calendar; it stays"),
        "done",
    ),
}
ENDINGS = (
    "reported",
    "corrected",
    "forecast.recorded",
    "result.presented",
)  # each petal names these acts after itself
FOLLOWS: tuple[tuple[str, Any], ...] = (  # lists of an act's payload, and how many of them in words
    ("duties", ngettext_lazy("%(n)d duty opened", "%(n)d duties opened", "n")),
    ("voided", ngettext_lazy("%(n)d duty void", "%(n)d duties void", "n")),
    ("failed", ngettext_lazy("%(n)d duty not met", "%(n)d duties not met", "n")),
    ("withheld", ngettext_lazy("%(n)d field withheld", "%(n)d fields withheld", "n")),
)
RINGS = ("agreements.duty.reminded", "agreements.duty.escalated")


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


def of_matter(
    reader: Acting,
    matter: Matter,
    duties: Iterable[Duty] | None = None,
    notices: Iterable[errands.Notice] | None = None,
    whole: bool | None = None,
) -> list[Moment]:
    """Return the matter's story, latest first: the whole for who sees the whole, else the reader's own part.

    What happened in a matter that it absorbed is part of it. `duties` and `notices` are those that the reader may see,
    `whole` is whether it is the whole, when they are at hand.
    """
    seen = None if duties is None else list(duties)
    numbers = [matter.number, *matter.absorbed.values_list("number", flat=True)]
    lines = [(line.entry, line.payload or {}) for n in numbers for line in ledger.timeline(f"matter:{n}")]
    lines.sort(key=lambda line: line[0].index)
    if not (queries.sees_whole(reader, matter) if whole is None else whole):
        if seen is None:
            seen = errands.duties_of(reader, [matter]).get(matter.number, [])
        own = {str(d.pk) for d in seen}
        messages = {
            str(n.message.id) for n in (errands.notices(reader, matter) if notices is None else notices)
        }
        lines = [line for line in lines if _part_of(*line, reader, own, messages)]
    said = _Said.of(numbers, lines, seen or ())
    return [said.moment(entry, payload) for entry, payload in reversed(lines)]


def _part_of(
    entry: Entry, payload: dict[str, Any], reader: Acting, duties: set[str], messages: set[str]
) -> bool:
    """Whether a line is about the reader's own side: its acts, messages to and from it, what befell its duties."""
    if reader.answers_for(entry.desk):
        return True
    kind, _colon, name = entry.subject.partition("/")[2].partition(":")
    if kind == "duty":
        return name in duties
    return kind == "message" and (name in messages or str(payload.get("notice")) in messages)


@dataclass(frozen=True)
class _Said:
    """Everything that the words of a timeline need, read at once."""

    names: dict[str, Both]
    posts: dict[str, Post]
    duties: dict[int, Duty]

    @classmethod
    def of(
        cls, numbers: Iterable[str], lines: list[tuple[Entry, dict[str, Any]]], known: Iterable[Duty]
    ) -> _Said:
        desks = {e.desk for e, _p in lines} | {str(p["to"]) for _e, p in lines if "to" in p}
        duties = {duty.pk: duty for duty in known}
        missing = {pk for line in lines for pk in _named(*line)} - duties.keys()
        if missing:
            rows = Duty.objects.filter(matter__in=list(numbers), pk__in=missing)
            duties |= {duty.pk: duty for duty in queries.dressed(rows)}
        return cls(
            names=wording.desk_names(desks),
            posts=Post.objects.in_bulk({post for _e, p in lines for post in p.get("posts", ())}),
            duties=duties,
        )

    def moment(self, entry: Entry, payload: dict[str, Any]) -> Moment:
        """Return one entry in words."""
        if entry.act in RINGS:
            return self._rung(entry, payload)
        if entry.act == "agreements.merge.answered":
            return self._merged(entry, payload)
        named = next((end for end in ENDINGS if entry.act.endswith(f".{end}")), entry.act)
        text, kind = WORDS.get(named, ("", "done"))
        desk, to = str(self.names.get(entry.desk, entry.desk)), str(payload.get("to", ""))
        if not text:
            return Moment(entry.at, f"{desk}: {entry.act}", kind, entry.index)
        said = {"desk": desk, "to": self.names.get(to, to), "other": payload.get("later", "")}
        for name in ("old", "new"):
            at = payload.get(name)
            said[name] = wording.due_moment(datetime.fromisoformat(str(at))) if at else "—"
        if entry.act == "agreements.duty.date_proposed" and payload.get("agreed"):
            text = _("%(desk)s agreed to another day")
        return Moment(entry.at, str(text) % said, kind, entry.index, self._sub(entry, payload))

    def _sub(self, entry: Entry, payload: dict[str, Any]) -> str:
        """Return what stands under a line: what it is about, how it stood to its due, why, what followed."""
        duty = self._duty(entry)
        parts = [_about(duty) if duty else "", self._met(payload, entry)]
        for name in ("reason", "ground", "remark", "text"):
            parts.append(str(payload.get(name) or ""))
        if payload.get("why"):
            parts.append(str(wording.MOVES.get(payload["why"], payload["why"])))
        if payload.get("on"):
            parts.append(str(payload["on"]))
        if entry.act == "agreements.call.made":
            parts.append(_("counts when the other side records it too"))
        parts += [str(words % {"n": n}) for name, words in FOLLOWS if (n := len(payload.get(name, ())))]
        return " · ".join(part for part in parts if part)

    def _met(self, payload: dict[str, Any], entry: Entry) -> str:
        """Return how the act stood to the duties it met, by when they count as done."""
        late = [self._late(summary, entry) for summary in payload.get("met", ())]
        if not late:
            return ""
        most = max(late)
        if most <= 0:
            return _("on time")
        if most < 60:
            return _("less than a minute late")
        minutes = int(most // 60)
        return ngettext("%(n)d minute late", "%(n)d minutes late", minutes) % {"n": minutes}

    def _late(self, summary: dict[str, Any], entry: Entry) -> float:
        duty = self.duties.get(int(summary["duty"]))
        delivered = duty.delivered_at if duty and duty.delivered_at else entry.at
        return (delivered - datetime.fromisoformat(str(summary["due_at"]))).total_seconds()

    def _merged(self, entry: Entry, payload: dict[str, Any]) -> Moment:
        said = {"desk": str(self.names.get(entry.desk, entry.desk))}
        if payload.get("agreed"):
            n = len(payload.get("won", ()))
            sub = (
                ngettext("%(n)d duty was met there already", "%(n)d duties were met there already", n)
                % {"n": n}
                if n
                else ""
            )
            return Moment(
                entry.at, _("%(desk)s agreed: the two matters are one") % said, "border", entry.index, sub
            )
        return Moment(entry.at, _("%(desk)s refused: these are two matters") % said, "border", entry.index)

    def _rung(self, entry: Entry, payload: dict[str, Any]) -> Moment:
        step = str(payload.get("step", ""))
        words = wording.step_words(step)
        kind = "bad" if entry.act.endswith("escalated") else "done"
        duty = self._duty(entry)
        about = f"{wording.desk_name(duty.bound_desk)} · {wording.duty_words(duty)}" if duty else ""
        if duty and step.startswith("answer:"):
            about = f"{wording.desk_name(duty.owed_desk)} · {wording.duty_words(duty)}"
        rung = [self.posts[p] for p in payload.get("posts", ()) if p in self.posts]
        if rung:
            return Moment(entry.at, _("Rung: %(step)s") % {"step": words}, kind, entry.index, about)
        text = _("Nobody there for: %(step)s") % {"step": words}
        after = _("the next step was taken at once") if kind == "bad" else ""
        return Moment(entry.at, text, kind, entry.index, " · ".join(part for part in (about, after) if part))

    def _duty(self, entry: Entry) -> Duty | None:
        pk = _subject(entry)
        return self.duties.get(pk) if pk is not None else None


def _named(entry: Entry, payload: dict[str, Any]) -> Iterator[int]:
    """Return the duties that a line is about, or that it met."""
    pk = _subject(entry)
    if pk is not None:
        yield pk
    yield from (int(summary["duty"]) for summary in payload.get("met", ()))


def _subject(entry: Entry) -> int | None:
    """Return the duty that an entry is about, None where it is about something else."""
    pk = entry.subject.rpartition("duty:")[2]
    return int(pk) if pk.isdecimal() else None


def _about(duty: Duty) -> str:
    words = wording.duty_words(duty)
    if duty.round > 1:
        words = _("%(what)s, round %(n)d") % {"what": words, "n": duty.round}
    return (
        f"{wording.desk_name(duty.bound_desk)} → {wording.desk_name(duty.owed_desk)}{pick('：', ': ')}{words}"
    )

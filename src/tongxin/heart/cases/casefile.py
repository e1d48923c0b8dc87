"""The case file (案卷): everything of one case that its reader may see, in order, as text ready to be set.

What is kept back is said, with why; nothing of it is in the data. The pages themselves are made by `casefile_pdf`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.heart.cases import (
    papers,
    papers_types,
    queries,
    seeing,
    sightings,
    sights,
    story,
    story_states,
    words,
)
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import ProcedureFile, form_of
from tongxin.heart.ledger import act_words
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.queries import Line
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.named import pick

DUTY_STATES = {
    "open": gettext_lazy("open"),
    "late": gettext_lazy("late"),
    "claimed": gettext_lazy("delivered, not yet accepted"),
    "met": gettext_lazy("met on time"),
    "met_late": gettext_lazy("met late"),
    "suspended": gettext_lazy("suspended"),
    "excused": gettext_lazy("excused"),
    "void": gettext_lazy("void"),
    "failed": gettext_lazy("not met"),
}
WHO_SAW = frozenset({"cases.paper.opened", "cases.file.exported"})  # acts by which something was looked at


@dataclass(frozen=True)
class Section:
    """One part of the file: a table with its head, or none and what is said instead. `widths` are shares."""

    title: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """A case file as one desk may see it. `withheld` are the applicant's fields and parts that are kept back."""

    number: str
    title: str
    language: str
    at: datetime
    made_by: str
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    withheld: tuple[str, ...] = ()
    illustrative: bool = False
    fields: tuple[str, ...] = field(default=())  # of the applicant's, those that are in it


def of(reader: Acting, number: str) -> CaseFile:
    """Return the file of a case as the reader's desk may see it, in the language that is active; or raise NotFound.

    What it shows of what the applicant gave is noted as seen.
    """
    row = queries.case(reader, number)
    read = form_of(row)
    offers = queries.offers_of(row)
    seen = sights.sight(reader.desk, row, offers)
    sightings.note(row, seen)
    sees = seen.sees("papers")
    told = ledger.timeline(f"case:{row.number}")
    now = clock.now()
    given = seeing.lines(read, row, seen)
    withheld = [line.asked.id for line in given if not line.seen]
    withheld += [name for name in sights.FILE if not seen.sees(name)]
    lines = story.timeline(row, offers, "", desk=reader.desk, sees=sees)
    sections = [
        _facts(row),
        _given(given),
        _story(lines),
        _papers(row, read, sees=sees),
        *_standing(row, read, sees=sees),
        _duties(row, now),
        _looked_at(told, sees=sees),
        _ledger(told),
    ]
    return CaseFile(
        number=row.number,
        title=words.title(row.procedure),
        language=pick("zh", "en"),
        at=now,
        made_by=f"{wording.desk_names([reader.desk]).get(reader.desk, reader.desk)}",
        cover=_cover(row, seeing.why(seen)),
        sections=tuple(sections),
        withheld=tuple(withheld),
        illustrative=row.illustrative,
        fields=tuple(line.asked.id for line in given if line.seen),
    )


def _cover(row: Case, why: seeing.Why) -> tuple[tuple[str, str], ...]:
    return (
        (_("Number"), row.number),
        (_("Item"), words.title(row.procedure)),
        (_("State"), str(words.state_of(row))),
        (_("Accepted by"), _desk(row.accepting_desk)),
        (_("Decided by"), _desk(row.competent_desk)),
        (_("Held by"), _desk(row.holder)),
        (_("Why your office sees it"), f"{why.text} {why.title}".strip()),
    )


def _facts(row: Case) -> Section:
    facts = [
        (_("Procedure"), row.procedure_id),
        (_("Received on"), wording.moment(row.filed_at)),
        (_("Accepted on"), wording.moment(row.accepted_at)),
        (_("Promised by"), wording.due_moment(row.promise_due_at)),
        (_("Decided on"), wording.moment(row.decided_at)),
        (_("Ended on"), wording.moment(row.ended_at)),
        (_("Rulebook"), pick("、", ", ").join(row.rulebook)),
        (_("Epoch"), str(row.epoch)),
    ]
    if row.reviews_id:
        facts.append((_("Reviews case"), row.reviews_id))
    if row.erased_at:
        facts.append((_("What the applicant gave was erased on"), wording.moment(row.erased_at)))
    return Section(_("Facts"), rows=tuple(facts), widths=(30, 70))


def _given(lines: Iterable[seeing.Line]) -> Section:
    rows = tuple(
        (
            str(line.asked.name),
            line.text or "—" if line.seen else _("Not shared: %(why)s") % {"why": line.why},
            str(line.asked.purpose),
        )
        for line in lines
    )
    return Section(
        _("What the applicant gave"), (_("Answer to"), _("Text given"), _("Asked for")), rows, (22, 46, 32)
    )


def _story(lines: list[story.Line]) -> Section:
    rows = tuple(
        (
            wording.moment(line.at),
            f"{line.text}{pick('。', '. ')}{line.sub}" if line.sub else line.text,
            line.seal,
        )
        for line in reversed(lines)
    )
    return Section(_("Story"), (_("Time"), _("What happened"), _("Entry")), rows, (20, 68, 12))


def _papers(row: Case, read: ProcedureFile, *, sees: bool) -> Section:
    title = _("Papers")
    if not sees:
        return Section(title, notes=(_("Not shared"),))
    head = (_("Paper"), _("File"), _("Taken in"), _("SHA-256"))
    rows: list[tuple[str, ...]] = []
    for line in papers.lines(row, read, papers.files_of(row)):
        name = str(line.kind.name)
        if not line.files:
            missing = _("missing") if line.kind.required else _("not needed")
            said = _("seen as original, not kept") if line.seen_only else missing
            rows.append((name, said, "—", "—"))
        for file in line.files:
            size = f"{papers_types.ENDINGS[file.type].upper()}, {file.size:,} B"
            replaced = _("(replaced)") if file.replaced_by_id else ""
            rows.append(
                (
                    name,
                    f"{papers.file_name(file)} {replaced} {size}",
                    f"{wording.moment(file.at)} {_desk(file.desk)}",
                    file.sha256,
                )
            )
    return Section(title, head, tuple(rows), (16, 26, 24, 34))


def _standing(row: Case, read: ProcedureFile, *, sees: bool) -> list[Section]:
    """Return the decisions, the suspensions and how it ended, as far as the reader may see what was written."""
    found = story_states.parts(row, read, sees=sees)
    rulings = tuple(
        (
            str(ruling.decision.number),
            str(ruling.outcome),
            str(ruling.desk),
            wording.moment(ruling.decision.at),
            (ruling.reason or "—") if sees else _("Not shared"),
            _("stands") if ruling.standing else _("superseded"),
        )
        for ruling in found["rulings"]
    )
    notes = [] if rulings else [_("No decision yet.")]
    notes += [
        _("Review %(number)s: %(state)s") % {"number": each["case"].number, "state": each["state"]}
        for each in found["case_reviews"]
    ]
    if found["ended_ground"]:
        notes.append(_("Ended: %(why)s") % {"why": found["ended_ground"]})
    head = (_("No."), _("Outcome"), _("Office"), _("Time"), _("Reason"), _("Standing"))
    sections = [
        Section(_("Decisions"), head if rulings else (), rulings, (6, 14, 22, 18, 28, 12), tuple(notes))
    ]
    pauses = tuple(
        (
            pause.ground,
            wording.moment(pause.begins),
            wording.moment(pause.ends),
            " · ".join(each for each in (pause.asked, pause.facts) if each) or "—",
        )
        for pause in found["pauses"]
    )
    if pauses:
        heads = (_("Ground"), _("From"), _("Until"), _("What was asked for"))
        sections.append(Section(_("Suspensions"), heads, pauses, (26, 18, 18, 38)))
    return sections


def _duties(row: Case, now: datetime) -> Section:
    duties = queries.duties_of(row)
    names = wording.desk_names({d.bound_desk_id for d in duties} | {d.owed_desk_id for d in duties})
    rows = tuple(
        (
            wording.duty_words(duty),
            f"{names.get(duty.bound_desk_id, '')} → {names.get(duty.owed_desk_id, '')}",
            wording.due_moment(duty.due_at),
            str(DUTY_STATES.get(wording.duty_state(duty, now), duty.state)),
            wording.due_counted(duty),
        )
        for duty in duties
    )
    head = (_("Duty"), _("Who owes whom"), _("Due"), _("State"), _("How it was counted"))
    return Section(_("Duties and clocks"), head if rows else (), rows, (16, 24, 16, 12, 32),
                   () if rows else (_("None."),))  # fmt: skip


def _looked_at(told: list[Line], *, sees: bool) -> Section:
    title = _("Who looked at what")
    if not sees:
        return Section(title, notes=(_("Not shared"),))
    found = [line for line in told if line.entry.act in WHO_SAW]
    names = wording.desk_names({line.entry.desk for line in found})
    rows = tuple(
        (
            wording.moment(line.entry.at),
            str(names.get(line.entry.desk, line.entry.desk)),
            act_words.words(line.entry.act),
            f"{line.entry.index:,}",
        )
        for line in found
    )
    head = (_("Time"), _("Office"), _("What"), _("Entry"))
    return Section(title, head if rows else (), rows, (20, 30, 38, 12), () if rows else (_("Nobody yet."),))


def _ledger(told: list[Line]) -> Section:
    rows = tuple(
        (
            f"{line.entry.index:,}",
            wording.moment(line.entry.at),
            act_words.words(line.entry.act),
            bytes(line.entry.leaf).hex(),
        )
        for line in told
    )
    return Section(
        _("Entries in the ledger"),
        (_("Entry"), _("Time"), _("Act"), _("Hash of the entry")),
        rows,
        (10, 18, 30, 42),
        _verification(),
    )


def _verification() -> tuple[str, ...]:
    """Return how anyone checks the entries without trusting this server, and against which signed head."""
    said = [
        _(
            "Each line above is an entry of an append-only log. "
            "The verifier, one file for python3, checks them without trusting this server: %(guide)s"
        )
        % {"guide": f"{settings.ORIGIN}{reverse('verify_guide')}"},
        _("That this file was made is an entry too; it holds the SHA-256 of these very pages."),
    ]
    signed = ledger.latest_checkpoint()
    if signed is not None:
        said.append(
            _("Signed head: node %(node)s, %(size)s entries, root %(root)s, %(at)s")
            % {
                "node": signed.node,
                "size": f"{signed.size:,}",
                "root": bytes(signed.root).hex(),
                "at": wording.moment(signed.at),
            }
        )
    return tuple(said)


def _desk(desk: Desk) -> str:
    return str(wording.desk_name(desk))

"""Texts for notices as a desk uses them: its own over the pack's, with the words of one case put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import notice_files, sights, words
from tongxin.heart.cases.models import Case, NoticeText
from tongxin.heart.cases.procedures import form_of
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import NotFound
from tongxin.shared.named import pick

USES: dict[str, Any] = {
    "suspension": _("Asking for what is missing"),
    "non_acceptance": _("Not accepting"),
    "decision": _("Deciding"),
    "return": _("Returning an offer"),
}
PLACES: dict[str, Any] = {
    "number": _("number of the case"),
    "item": _("item"),
    "applicant": _("name of the applicant, where the desk may see it"),
    "missing": _("papers that are missing"),
    "ground": _("ground of the act"),
    "promise": _("promised by"),
    "office": _("the own office"),
    "accepting": _("the office that accepted"),
    "deciding": _("the office that decides"),
    "holder": _("the office that holds the case"),
    "state": _("state of the case"),
    "date": _("today"),
}
FORMS = {  # the form on the page of a case and its field, by use
    "suspension": ("suspend", "facts"),
    "non_acceptance": ("not_accept", "remark"),
    "decision": ("decide", "reason"),
    "return": ("return", "remark"),
}
NAME = "applicant_name"  # the procedure's field that names the applicant


@dataclass(frozen=True)
class Usable:
    """A text as the desk uses it: the pack's, or its own; `own` says which."""

    row: NoticeText
    own: bool

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return pick(self.row.title_zh, self.row.title_en)


def usable(reader: Acting) -> list[Usable]:
    """Return the texts that the reader's desk uses, by use and name; each name once."""
    newest: dict[tuple[str, bool], NoticeText] = {}
    rows = NoticeText.objects.filter(desk__isnull=True) | NoticeText.objects.filter(desk=reader.desk)
    for row in rows.order_by("version"):
        newest[row.name, row.desk_id is not None] = row
    found = []
    for name in sorted({name for name, _own in newest}):
        own, pack = newest.get((name, True)), newest.get((name, False))
        if own is not None and not own.dropped:
            found.append(Usable(own, True))
        elif pack is not None:
            found.append(Usable(pack, False))
    return sorted(found, key=lambda each: (notice_files.USES.index(each.row.use), each.row.name))


def one(reader: Acting, name: str) -> Usable:
    """Return one text as the reader's desk uses it, or raise NotFound."""
    for each in usable(reader):
        if each.row.name == name:
            return each
    raise NotFound("no_such_text", _("There is no such text."), todo=_("Choose one of the list."))


def history(reader: Acting, name: str) -> list[NoticeText]:
    """Return every version of a text that the desk has used, its own and the pack's, newest first."""
    rows = NoticeText.objects.filter(name=name, desk__isnull=True)
    rows |= NoticeText.objects.filter(name=name, desk=reader.desk)
    return list(rows.order_by("-at", "-pk"))


def filled(reader: Acting, row: Case, text: NoticeText, language: str = "") -> str:
    """Return a text with the words of a case, as the reader's desk may see them; in the page's language or another."""
    language = language or pick("zh", "en")
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        said = text.text_zh if language == "zh" else text.text_en
        return notice_files.fill(said, places(reader, row))


def places(reader: Acting, row: Case) -> dict[str, str]:
    """Return what is put in at each place; a dotted line where the case has nothing, or the desk may not see it."""
    read = form_of(row)
    seen = sights.sight(reader.desk, row)
    known = {paper.id for paper in read.papers if paper.required}
    asked = row.pauses[-1]["missing"] if row.pauses else row.ended_missing or sorted(known - set(row.papers))
    told = {
        "number": row.number,
        "item": words.title(row.procedure),
        "applicant": seen.given(row).get(NAME, ""),
        "missing": words.papers(read, asked) if seen.sees("papers") else "",
        "ground": words.ground(read, row.ended_why or (row.pauses[-1]["ground"] if row.pauses else "")),
        "promise": wording.due_moment(row.promise_due_at) if row.promise_due_at else "",
        "office": str(wording.desk_names([reader.desk]).get(reader.desk, reader.desk)),
        "accepting": str(wording.desk_name(row.accepting_desk)),
        "deciding": str(wording.desk_name(row.competent_desk)),
        "holder": str(wording.desk_name(row.holder)),
        "state": str(words.state_of(row)),
        "date": f"{clock.beijing(clock.now()):%Y-%m-%d}",
    }
    return {name: said or words.GAP for name, said in told.items()}


def for_forms(reader: Acting, row: Case, forms: dict[str, Any], chosen: str) -> dict[str, list[Usable]]:
    """Put the chosen text into its form, where that is still empty; return the texts that each form may take."""
    found: dict[str, list[Usable]] = {}
    if not {form for form, _field in FORMS.values()} & set(forms):
        return found
    for each in usable(reader):
        form, field = FORMS[each.row.use]
        if form not in forms:
            continue
        found.setdefault(form, []).append(each)
        if each.row.name == chosen and not forms[form].is_bound:
            forms[form].initial = {**forms[form].initial, field: filled(reader, row, each.row)}
    return found

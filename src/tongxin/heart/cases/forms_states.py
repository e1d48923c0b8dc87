"""Forms of the states of a case. They gather what is typed; the action alone judges it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import joints, words
from tongxin.heart.cases.forms import Choice, Choices, DecideForm
from tongxin.heart.cases.forms_joints import AnswerForm, PutForm
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import Ground, ProcedureFile


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )


class GroundForm(forms.Form):
    """A listed ground, and what is missing: asked for once and all together."""

    use_required_attribute = False
    ground = Choice(label=_("Ground"), widget=forms.RadioSelect)
    missing = Choices(
        label=_("Papers that are missing"),
        help_text=_("Tick all of them: the applicant is asked once, for everything together."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, read: ProcedureFile, grounds: tuple[Ground, ...], data: Any, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["ground"].choices = [(each.id, str(each.name)) for each in grounds]  # type: ignore[attr-defined]
        self.fields["missing"].choices = [(each.id, str(each.name)) for each in read.papers]  # type: ignore[attr-defined]


class SuspendForm(GroundForm):
    """A suspension: its ground, what is asked for, and the state of the case that was seen."""

    facts = _text(_("What else is asked for"), _("Facts that the applicant is to tell."))
    epoch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, read: ProcedureFile, data: Any = None, *, epoch: int = 0) -> None:
        super().__init__(read, read.suspend, data, prefix="suspend")
        self.initial = {"epoch": epoch}


class NotAcceptForm(GroundForm):
    """A non-acceptance: its ground, what is missing, a remark for the applicant."""

    remark = _text(_("Remark"), _("The applicant is told it."))

    def __init__(self, read: ProcedureFile, data: Any = None) -> None:
        super().__init__(read, read.not_accept, data, prefix="not_accept")


class ResumeForm(forms.Form):
    """What has arrived of that which was asked for, or that the ground has ended."""

    use_required_attribute = False
    arrived = Choices(
        label=_("Papers that have arrived"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ended = forms.BooleanField(label=_("The ground of the suspension has ended"), required=False)
    epoch = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, row: Case, read: ProcedureFile, data: Any = None) -> None:
        super().__init__(data, initial={"epoch": row.epoch}, prefix="resume")
        missing = row.pauses[-1]["missing"] if row.pauses else []
        self.fields["arrived"].choices = [  # type: ignore[attr-defined]
            (paper.id, str(paper.name)) for paper in read.papers if paper.id in missing
        ]
        if not missing:
            del self.fields["arrived"]


class ReasonForm(forms.Form):
    """One reason, of what is recorded by the applicant's wish or for the own record."""

    use_required_attribute = False
    reason = _text(_("Reason"))

    def __init__(self, data: Any = None, *, prefix: str) -> None:
        super().__init__(data, prefix=prefix)


class ConcludeForm(DecideForm):
    """How a review ends, with its reasons."""

    def __init__(self, data: Any = None, *, epoch: int = 0) -> None:
        super().__init__(data, epoch=epoch, prefix="conclude")
        self.fields["outcome"].choices = list(words.REVIEW_OUTCOMES.items())  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("The applicant and the office that decided are told them.")


def blank(row: Case, read: ProcedureFile, may: Any) -> dict[str, forms.Form]:
    """Return the forms of what may be done now, empty."""
    found: dict[str, forms.Form] = {}
    if may.suspend:
        found["suspend"] = SuspendForm(read, epoch=row.epoch)
    if may.resume:
        found["resume"] = ResumeForm(row, read)
    if may.not_accept:
        found["not_accept"] = NotAcceptForm(read)
    for name in ("withdraw", "void", "review"):
        if getattr(may, name):
            found[name] = ReasonForm(prefix=name)
    if may.supersede:
        found["supersede"] = DecideForm(epoch=row.epoch, prefix="supersede")
    if may.conclude:
        found["conclude"] = ConcludeForm(epoch=row.epoch)
    if may.put_joint:
        found["put_joint"] = PutForm(epoch=row.epoch)
    asked = joints.waiting(row) if may.answer_joint else None
    if asked is not None:
        found["answer_joint"] = AnswerForm(joint=str(asked.pk))
    return found

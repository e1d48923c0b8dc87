"""Forms of what an act for several cases needs beside the cases: papers on one ground, an office, a colleague."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tongxin.heart.agreements import wording
from tongxin.heart.cases import bulk
from tongxin.heart.cases.forms import Choice, Choices
from tongxin.heart.region import colleagues
from tongxin.shared.named import pick


def people(desk: str) -> list[tuple[int, str]]:
    """Return the colleagues of a desk to choose from, by name and post."""
    return [
        (each.person.pk, f"{each.name} · {pick(each.post.name_zh, each.post.name_en)}")
        for each in colleagues.at(desk)
    ]


class GivenForm(forms.Form):
    """What the act needs; the cases themselves travel beside it. The rules judge, so that all ways in refuse alike."""

    use_required_attribute = False

    def __init__(self, act: str, found: bulk.Chosen, data: Any = None) -> None:
        super().__init__(data)
        if act == "ask":
            grounds, papers = bulk.grounds(found)
            self.fields["ground"] = Choice(label=_("Ground"), widget=forms.RadioSelect, choices=grounds)
            self.fields["missing"] = Choices(
                label=_("Papers that are missing"),
                help_text=_("Each applicant is asked once, for everything together."),
                choices=papers,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            self.fields["facts"] = forms.CharField(
                label=_("What else is asked for"),
                required=False,
                max_length=400,
                widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400}),
            )
        elif act == "offer":
            desks = [("", "—"), *((desk.id, str(wording.desk_name(desk))) for desk in bulk.desks(found))]
            self.fields["to_desk"] = Choice(label=_("To which office"), choices=desks)
        elif act == "return":
            self.fields["reason"] = Choice(
                label=_("Reason"), widget=forms.RadioSelect, choices=bulk.reasons(found)
            )
            self.fields["remark"] = forms.CharField(
                label=_("Remark"),
                help_text=_("What the other office needs in order to go on."),
                required=False,
                max_length=400,
                widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400}),
            )
        elif act == "give":
            choices = people(found.reader.desk)
            self.fields["to"] = forms.TypedChoiceField(
                label=pgettext("a case", "To whom"),
                choices=[("", "—"), *choices],
                coerce=int,
                empty_value=None,
            )

    @property
    def given(self) -> dict[str, Any]:
        """What was given, as the act takes it; empty before anything was."""
        return dict(self.cleaned_data) if self.is_bound and self.is_valid() else {}

"""Screens of standing in: who stands in for whom, naming one, ending it early."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, no_store, take
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import today
from tongxin.shared.errors import Invalid, NotFound
from tongxin.site.account.words import post_name
from tongxin.site.people import stand_ins


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StandInForm(forms.Form):
    """Who is away, who stands in, from which day until which."""

    use_required_attribute = False
    holding = forms.TypedChoiceField(label=gettext_lazy("Who is away"), coerce=int, empty_value=None)
    stand_in = forms.TypedChoiceField(label=gettext_lazy("Who stands in"), coerce=int, empty_value=None)
    valid_from = forms.DateField(label=gettext_lazy("From"), widget=_Day, initial=today)
    valid_until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=_Day,
        help_text=gettext_lazy("The first day on which nobody stands in any more."),
    )

    def __init__(self, reader: Acting, data: Any = None) -> None:
        super().__init__(data)
        self.rows = {row.pk: row for row in stand_ins.holdings(reader)}
        away = [
            (pk, f"{row.person.display_name or row.person.username} · {post_name(row.post)}")
            for pk, row in self.rows.items()
        ]
        who = [(each.pk, each.display_name or each.username) for each in stand_ins.candidates(reader)]
        self.fields["holding"].choices = away if len(away) == 1 else [("", "—"), *away]  # type: ignore[attr-defined]
        self.fields["stand_in"].choices = [("", "—"), *who]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def index(request: StaffRequest) -> HttpResponse:
    """Show who stands in for whom, as far as it concerns the reader; name a stand-in."""
    reader = request.acting
    form = StandInForm(reader, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _named(request, form):
        messages.success(request, _("Named. It begins and ends by itself on these days."))
        return redirect("stand_ins")
    context = {
        "rows": [
            {
                "row": row,
                "post": post_name(row.post),
                "runs": row.valid_from <= today(),
                "may_end": stand_ins.may_end(reader, row),
            }
            for row in stand_ins.seen(reader).distinct()
        ],
        "form": form if form.rows else None,
        "stands_in": reader.stand_in is not None,
        "key": form_key(request) if form.errors else new_key(),
    }
    return no_store(render(request, "people/stand_ins.html", context, status=422 if form.errors else 200))


@require_POST
@for_staff
def end(request: StaffRequest, substitution: int) -> HttpResponse:
    """End a substitution early."""
    stand_ins.end(by=request.acting, key=form_key(request), substitution=substitution)
    messages.success(request, _("Ended. It takes effect at the next page."))
    return redirect("stand_ins")


def _named(request: StaffRequest, form: StandInForm) -> bool:
    """Name the stand-in; what is refused comes back at the form's fields."""
    data = dict(form.cleaned_data)
    row = form.rows[data.pop("holding")]
    try:
        stand_ins.name_stand_in(
            by=request.acting, key=form_key(request), post=row.post_id, absent=row.person_id, **data
        )
    except Invalid as refused:
        take(form, refused)
    except NotFound as refused:
        form.add_error("holding", str(refused.what))
    else:
        return True
    return False

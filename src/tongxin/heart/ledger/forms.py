"""The form with which a reader asks for an extract."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import queries

MOST = 50  # threads in one extract


class ExtractForm(forms.Form):
    """Which threads, and from which checkpoint on; without threads, the reader's own side."""

    subjects = forms.CharField(
        label=_("Subjects"),
        required=False,
        max_length=4000,
        help_text=_(
            "Such as case:WT-2026-000001; several with a space between. Empty: everything your side did."
        ),
    )
    since = forms.IntegerField(
        label=_("Checkpoint you keep"),
        required=False,
        min_value=1,
        max_value=1 << 53,
        help_text=_("Its size. The extract then proves that the log only grew since."),
    )

    def __init__(self, *args: Any, own_side: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_side = own_side

    def clean_subjects(self) -> list[str]:
        """Return the threads, each once; one that no entry is about is refused by name."""
        named = list(dict.fromkeys(re.split(r"[\s,，；;]+", self.cleaned_data["subjects"].strip())))
        subjects = [text for text in named if text]
        if not subjects and not self.own_side:
            raise forms.ValidationError(_("Name a subject; without a post you have no side of your own."))
        if len(subjects) > MOST:
            raise forms.ValidationError(_("At most %(n)d subjects at once.") % {"n": MOST})
        for subject in subjects:
            if not queries.entries_of(subject).exists():
                raise forms.ValidationError(_("No entry is about %(subject)s.") % {"subject": subject[:160]})
        return subjects

    def clean_since(self) -> int | None:
        """Return the size, no larger than the log."""
        since: int | None = self.cleaned_data["since"]
        head = queries.head()
        if since is not None and (head is None or since > head.size):
            raise forms.ValidationError(
                _("This log has only %(size)d entries. If your checkpoint covers more, entries were cut off.")
                % {"size": head.size if head else 0}
            )
        return since

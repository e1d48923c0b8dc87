"""Forms of the outbox: a new subscription, and a change of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import keeping, outbox, queries, senders, words
from tongxin.heart.region.acting import Acting
from tongxin.shared.named import pick


class _Wanted(forms.Form):
    """Where to and which kinds: what both forms ask."""

    target = forms.CharField(label=_("Address"), max_length=keeping.TARGET_MAX)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of notifications"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them, those that come later too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)
        kinds.choices = list(outbox.kinds().items())


class NewSubscription(_Wanted):
    """A desk of the reader's jurisdiction, and where its rings go as well."""

    desk = forms.ChoiceField(label=_("Desk"))
    connector = forms.ChoiceField(label=_("Connector"))
    field_order = ("desk", "connector", "target", "kinds")

    def __init__(self, *args: Any, reader: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desk, connector = self.fields["desk"], self.fields["connector"]
        assert isinstance(desk, forms.ChoiceField)
        assert isinstance(connector, forms.ChoiceField)
        ready = [each for each in senders.known() if each.available()]
        desk.choices = [("", "—"), *((row.id, words.desk(row)) for row in queries.own_desks(reader))]
        connector.choices = [("", "—"), *((each.name, each.title) for each in ready)]
        self.fields["target"].help_text = pick("；", "; ").join(str(each.target_hint) for each in ready)


class ChangedSubscription(_Wanted):
    """What a subscription that stands is to be from now on."""

    new_secret = forms.BooleanField(
        label=_("Make a new secret; the old one signs nothing from now on"), required=False
    )

    def __init__(self, *args: Any, signed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not signed:
            del self.fields["new_secret"]

"""Forms of login, second factor and post: allauth's, with our labels and our lock-out."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.site.account import lockout
from tongxin.site.account.adapter import locked


def _word(form: forms.BaseForm, name: str, label: Any, **attrs: str) -> None:
    """Give a field our label and attributes; allauth's placeholders go, a label is enough."""
    if name in form.fields:
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
        form.fields[name].widget.attrs.update(attrs)


class SignIn(LoginForm):  # type: ignore[misc]
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", _("User name"), autocomplete="username webauthn", autocapitalize="none")
        _word(self, "password", _("Password"), autocomplete="current-password")
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class PasswordAgain(PasswordAgainForm):  # type: ignore[misc]
    """The password once more, before a change of the login itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", _("Password"), autocomplete="current-password")


class NewPassword(ChangePasswordForm):  # type: ignore[misc]
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", _("Present password"), autocomplete="current-password")
        _word(self, "password1", _("New password"), autocomplete="new-password")
        _word(self, "password2", _("New password again"), autocomplete="new-password")
        self.fields["password1"].help_text = _(
            "At least 12 characters; a sentence is easier to keep than signs."
        )

    def clean_oldpassword(self) -> str:
        """Check the present password; wrong tries count as they do at the login."""
        try:
            this_try = lockout.begin(lockout.LOGIN, self.user.get_username(), context.request)
        except lockout.LockedOut as refused:
            raise locked(refused) from refused
        password = str(super().clean_oldpassword())
        this_try.right()
        return password


class _Counted:
    """A code that counts wrong tries like a password does."""

    def clean_code(self) -> str:
        """Check the code; a lock-out is told with its time."""
        user = self.user  # type: ignore[attr-defined]
        try:
            this_try = lockout.begin(lockout.CODE, str(user.pk), context.request)
        except lockout.LockedOut as refused:
            raise locked(refused) from refused
        code = str(super().clean_code())  # type: ignore[misc]
        this_try.right()
        return code


class SecondFactor(_Counted, AuthenticateForm):  # type: ignore[misc]
    """A code at login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("Code"), inputmode="numeric")


class SecondFactorAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """A code once more, before a change of the login itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("Code"), inputmode="numeric")


class NewAuthenticator(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an authenticator program."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("Code"), inputmode="numeric")


class NewPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of the passkey"))
        if not self.is_bound:
            self.initial["name"] = _("Passkey")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("Sign in with this passkey alone")
            self.fields["passwordless"].help_text = _("It then asks for a fingerprint, a face or a PIN.")


class RenamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    """A passkey's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of the passkey"))


class ChoosePost(forms.Form):
    """Which post to act in, at which desk."""

    seat = forms.ChoiceField(label=_("Post"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

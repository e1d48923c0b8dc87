"""How allauth works here: nobody signs up, no e-mail, our lock-out, secrets kept encrypted."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.heart.region.models import Person
from tongxin.site.account import lockout

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logs in by user name and password, and counts wrong tries."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The name or the password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes a login for themselves; administrators do."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Write the try down, or refuse it while the door is locked."""
        try:
            self._try = lockout.begin(lockout.LOGIN, str(credentials.get("username", "")), request)
        except lockout.LockedOut as refused:
            raise locked(refused) from refused

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Check the password; strike the try out when it was right."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is not None:
            self._try.right()
        return person

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go where work begins: to the second factor, the choice of a post, or the board."""
        return reverse("account_begin")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say only what went wrong; the page itself shows what went right."""
        if level >= messages.WARNING:
            super().add_message(request, level, *args, **kwargs)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors encrypted with a key made from the server's secret."""

    def encrypt(self, text: str) -> str:
        """Return the text as the database keeps it."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text as it was; one that nobody can guess, which no code fits, when the secret key has changed."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.warning(
                "second factor sealed with another TONGXIN_SECRET_KEY; the administrator resets the login"
            )
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        """Return the name that stands in people's authenticator programs."""
        return "Tongxin 同心"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site as passkeys know it."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Tongxin 同心"}


def locked(refused: lockout.LockedOut) -> ValidationError:
    """Return the lock-out as an error of a form."""
    return ValidationError(f"{refused.what} {refused.todo}", code="locked_out")


def _box() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxin second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))

"""Consent in the crash test's story: given at the accepting desk, and withdrawn."""

from __future__ import annotations

from typing import Any

Told = dict[str, dict[str, Any]]
CLERK = "tj-wuqing-services/window_clerk"


def _clerk() -> Any:
    from tests.faults.story import acting

    return acting("wuqing-clerk", CLERK)


def give(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.give_consent(
        by=_clerk(), key=key, number=told["file"]["case"], who="applicant", fields=["contact"], purpose="示例"
    )


def withdraw(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.withdraw_consent(by=_clerk(), key=key, consent=told["consent"]["consent"])


def ended(told: Told, key: str) -> dict[str, Any]:
    """The consent that was withdrawn was to a field that the decision needs: the ticker stops the holder's clock."""
    from django.db import transaction

    from tongxin.heart.cases import sight_ended
    from tongxin.heart.cases.models import Consent
    from tongxin.heart.region import rules

    row = Consent.objects.get(pk=told["consent"]["consent"])
    if row.fields != ["premises"]:
        with transaction.atomic():
            Consent.objects.filter(pk=row.pk).update(fields=["premises"], purpose="")
            rules.rise()
    sight_ended.look()
    return {}

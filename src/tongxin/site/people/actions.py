"""Writes of the administration. Each stays inside the jurisdiction of the administrator who acts.

The region's room is below exchange and cannot take idempotency keys, so its people, holdings, rosters and tokens are
written here, each as one act. The ledger names posts; a login appears there only as a number.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange.acts import act
from tongxin.heart.region import tokens
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import ADMINISTER, Seat, today
from tongxin.heart.region.models import Desk, Mandate, Office, OfficeToken, Person, PostHolding, RosterShift
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotFound
from tongxin.site.people import queries

MANAGE_ROSTER = "manage_roster"


@dataclass(frozen=True)
class Once:
    """A secret that is shown on one answer only; None when the same command was answered before."""

    result: dict[str, Any]
    secret: str | None


def create_person(
    *, by: Acting, key: str, username: str, display_name: str, post: str, valid_from: date
) -> Once:
    """Make a login that holds a post; its first password is shown once."""
    by.need(ADMINISTER)
    seat_post = queries.post(by, post)
    request = {"username": username, "name": display_name, "post": post, "from": valid_from.isoformat()}
    password = first_password()
    with act("people.person.created", by=by, key=key, request=request) as a:
        if a.replayed:
            return Once(a.result, None)
        person = _new_login(username, password, display_name=display_name)
        holding = PostHolding.objects.create(post=seat_post, person=person, valid_from=valid_from)
        a.changes_rules = True
        a.result = {"person": person.pk, "holding": holding.pk}
        a.entry(f"person:{person.pk}", payload={"post": post})
        a.entry(
            f"post:{post}",
            act="people.holding.given",
            payload={"holding": holding.pk, "person": person.pk, "from": valid_from.isoformat()},
        )
    return Once(a.result, password)


def give_holding(
    *, by: Acting, key: str, person: int, post: str, valid_from: date, valid_until: date | None
) -> dict[str, Any]:
    """Give a person of the jurisdiction one more post."""
    by.need(ADMINISTER)
    who, seat_post = queries.person(by, person), queries.post(by, post)
    if valid_until is not None and valid_until <= valid_from:
        raise _one_field("valid_until", _("The end must come after the beginning."))
    until = valid_until.isoformat() if valid_until else None
    request = {"person": person, "post": post, "from": valid_from.isoformat(), "until": until}
    with act("people.holding.given", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        standing = PostHolding.objects.filter(person=who, post=seat_post)
        if any(h.valid_until is None or h.valid_until > valid_from for h in standing):
            raise _one_field("post", _("This person holds the post already on that day."))
        holding = PostHolding.objects.create(
            post=seat_post, person=who, valid_from=valid_from, valid_until=valid_until
        )
        a.changes_rules = True
        a.result = {"holding": holding.pk}
        a.entry(
            f"post:{post}",
            payload={"holding": holding.pk, "person": person, "from": request["from"], "until": until},
        )
    return a.result


def end_holding(*, by: Acting, key: str, holding: int) -> dict[str, Any]:
    """End a holding today: from the next request on the person no longer acts in the post."""
    by.need(ADMINISTER)
    row, day = queries.holding(by, holding), today()
    with act("people.holding.ended", by=by, key=key, request={"holding": holding}) as a:
        if a.replayed:
            return a.result
        row = locked(PostHolding, row.pk)
        if row.valid_until is not None and row.valid_until <= day:
            raise Conflict("holding_ended", _("This holding has ended already."))
        if row.person_id == by.person_id and row.post_id == by.post:
            raise Conflict(
                "own_holding",
                _("You act in this post yourself."),
                todo=_("Let another administrator end it, so that the jurisdiction is not left without one."),
            )
        row.valid_until = day
        row.save(update_fields=["valid_until"])
        a.changes_rules = True
        a.result = {"holding": row.pk, "until": day.isoformat()}
        a.entry(f"post:{row.post_id}", payload={"holding": row.pk, "until": day.isoformat()})
    return a.result


def reset_login(*, by: Acting, key: str, person: int) -> Once:
    """Give a new first password and take lost second factors away. Open sessions of the login end."""
    by.need(ADMINISTER)
    who = queries.person_of_this_jurisdiction_only(by, person)
    password = first_password()
    with act("people.login.reset", by=by, key=key, request={"person": person}) as a:
        if a.replayed:
            return Once(a.result, None)
        who.set_password(password)
        who.save(update_fields=["password"])
        removed, _each = Authenticator.objects.filter(user=who).delete()
        a.result = {"person": who.pk}
        a.entry(f"person:{who.pk}", payload={"second_factors_removed": removed})
    return Once(a.result, password)


def set_login_open(*, by: Acting, key: str, person: int, is_open: bool) -> dict[str, Any]:
    """Close a login, or open it again. A closed one is out at the next request; its holdings stay as they are."""
    by.need(ADMINISTER)
    who = queries.person_of_this_jurisdiction_only(by, person)
    if who.pk == by.person_id:
        raise Conflict(
            "own_login", _("This is your own login."), todo=_("Let another administrator close it.")
        )
    name = "people.login.opened" if is_open else "people.login.closed"
    with act(name, by=by, key=key, request={"person": person}) as a:
        if not a.replayed:
            who.is_active = is_open
            who.save(update_fields=["is_active"])
            a.changes_rules = True
            a.result = {"person": who.pk, "open": is_open}
            a.entry(f"person:{who.pk}")
    return a.result


def move_desk(*, by: Acting, key: str, desk: str, office: str, on: date) -> dict[str, Any]:
    """Let another office of the jurisdiction staff a desk from a day on, as when offices are merged.

    Open duties, cases and clocks stay with the desk as they are; this one entry says who answers for it now.
    """
    by.need(ADMINISTER)
    request = {"desk": desk, "office": office, "on": on.isoformat()}
    with act("people.desk.moved", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = Desk.objects.filter(id=desk, jurisdiction_id=by.jurisdiction).first()
        if row is None:
            raise NotFound("no_such_desk", _("There is no such desk in your jurisdiction."))
        if not Office.objects.filter(id=office, jurisdiction_id=by.jurisdiction).exists():
            raise _one_field("office", _("Choose an office of your jurisdiction."))
        if on < today():
            raise _one_field("on", _("Choose today or a day to come."))
        seats = Mandate.objects.select_for_update().filter(desk=row, kind=Mandate.Kind.SEAT)
        standing = [m for m in seats if m.valid_until is None or m.valid_until > on]
        if any(m.valid_from >= on for m in standing):
            raise _one_field("on", _("Another office is entered for this desk from that day or later."))
        if any(m.office_id == office for m in standing):
            raise _one_field("office", _("This office staffs the desk already on that day."))
        for mandate in standing:
            mandate.valid_until = on
            mandate.save(update_fields=["valid_until"])
        Mandate.objects.create(office_id=office, desk=row, kind=Mandate.Kind.SEAT, valid_from=on)
        a.changes_rules = True
        a.result = {"desk": desk, "office": office, "from": on.isoformat()}
        a.entry(f"desk:{desk}", payload=a.result | {"until_now": [m.office_id for m in standing]})
    return a.result


def add_shift(
    *, by: Acting, key: str, desk: str, post: str, from_at: datetime, until_at: datetime
) -> dict[str, Any]:
    """Put a post on the roster of a desk for a span of time."""
    by.need(MANAGE_ROSTER)
    seat = queries.seat(by, post, desk)
    if until_at <= from_at:
        raise _one_field("until_at", _("The end must come after the beginning."))
    request = {"desk": desk, "post": post, "from": clock.iso(from_at), "until": clock.iso(until_at)}
    with act("people.shift.added", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        over = RosterShift.objects.filter(
            desk=seat.desk, post=seat.post, from_at__lt=until_at, until_at__gt=from_at
        )
        if over.exists():
            raise _one_field("from_at", _("The post is on the roster for part of this time already."))
        shift = RosterShift.objects.create(desk=seat.desk, post=seat.post, from_at=from_at, until_at=until_at)
        a.result = {"shift": shift.pk}
        a.entry(f"desk:{desk}/roster:{shift.pk}", payload=request)
    return a.result


def remove_shift(*, by: Acting, key: str, shift: int) -> dict[str, Any]:
    """Take a shift off the roster; of one that runs, what has passed stays."""
    by.need(MANAGE_ROSTER)
    with act("people.shift.removed", by=by, key=key, request={"shift": shift}) as a:
        if a.replayed:
            return a.result  # the shift may be gone by now
        row = queries.shift(by, shift)
        if row.until_at <= a.at:
            raise Conflict("shift_over", _("This shift is over; it stays on record."))
        if row.from_at < a.at:
            row.until_at = a.at
            row.save(update_fields=["until_at"])
        else:
            RosterShift.objects.filter(pk=row.pk).delete()
        a.result = {"shift": shift}
        a.entry(f"desk:{row.desk_id}/roster:{shift}", payload={"post": row.post_id, "at": clock.iso(a.at)})
    return a.result


def issue_token(*, by: Acting, key: str, post: str, desk: str, label: str) -> Once:
    """Issue a token with which an office's program acts in a post; the secret is shown once."""
    by.need(ADMINISTER)
    return issue_token_for(queries.seat(by, post, desk), by=by, key=key, label=label)


def issue_token_for(seat: Seat, *, by: Acting, key: str, label: str) -> Once:
    """Issue a token for a seat; also the operator's way, who has no jurisdiction."""
    request = {"post": seat.post.id, "desk": seat.desk.id, "label": label}
    with act("people.token.issued", by=by, key=key, request=request) as a:
        if a.replayed:
            return Once(a.result, None)
        token, secret = tokens.issue(seat, label=label, at=a.at)
        a.changes_rules = True
        a.result = {"token": token.pk, "prefix": token.prefix}
        a.entry(f"post:{seat.post.id}", payload={"token": token.prefix, "desk": seat.desk.id})
    return Once(a.result, secret)


def revoke_token(*, by: Acting, key: str, token: int) -> dict[str, Any]:
    """Revoke a token; the next call with it is refused."""
    by.need(ADMINISTER)
    return _revoke(queries.token(by, token), by=by, key=key)


def revoke_token_by_prefix(prefix: str, *, by: Acting, key: str) -> dict[str, Any]:
    """Revoke a token by how its secret begins; the operator's act, on the command line only."""
    return _revoke(queries.token_by_prefix(prefix), by=by, key=key)


def _revoke(found: OfficeToken, *, by: Acting, key: str) -> dict[str, Any]:
    with act("people.token.revoked", by=by, key=key, request={"token": found.pk}) as a:
        if a.replayed:
            return a.result
        row = locked(OfficeToken, found.pk)
        if row.revoked_at is not None:
            raise Conflict("token_revoked", _("This token has been revoked already."))
        tokens.revoke(row, at=a.at)
        a.changes_rules = True
        a.result = {"token": row.pk}
        a.entry(f"post:{row.post_id}", payload={"token": row.prefix})
    return a.result


def create_administrator(
    *, by: Acting, key: str, username: str, display_name: str, jurisdiction: str
) -> Once:
    """Make the first administrator of a jurisdiction; the operator's act, on the command line only."""
    admin_post = queries.admin_post(jurisdiction)
    request = {"username": username, "name": display_name, "jurisdiction": jurisdiction}
    password = first_password()
    with act("people.administrator.created", by=by, key=key, request=request) as a:
        if a.replayed:
            return Once(a.result, None)
        person = _new_login(username, password, display_name=display_name, administers_id=jurisdiction)
        holding = PostHolding.objects.create(post=admin_post, person=person, valid_from=today())
        a.changes_rules = True
        a.result = {"person": person.pk, "post": admin_post.id}
        a.entry(f"person:{person.pk}", payload={"jurisdiction": jurisdiction, "post": admin_post.id})
        a.entry(f"post:{admin_post.id}", act="people.holding.given", payload={"holding": holding.pk})
    return Once(a.result, password)


def first_password() -> str:
    """Return a password that can be read out: four groups of four signs that are not mistaken for others."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _n in range(4)) for _group in range(4))


def _new_login(username: str, password: str, **more: Any) -> Person:
    """Save a login, or raise Invalid when its name is taken, also by somebody in this very moment."""
    person = Person(username=username, **more)
    person.set_password(password)
    taken = _one_field("username", _("This user name is taken."))
    if Person.objects.filter(username__iexact=username).exists():
        raise taken
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise taken from error
    return person


def _one_field(name: str, text: Any) -> Invalid:
    return Invalid(text, {name: [text]})


def locked(model: Any, pk: int | str) -> Any:
    """Return the row, locked where the database locks rows."""
    rows = model.objects.select_for_update() if connection.features.has_select_for_update else model.objects
    return rows.get(pk=pk)

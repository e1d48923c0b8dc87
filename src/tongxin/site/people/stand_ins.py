"""Who stands in for whom: named by the absent person, by who leads the office, or by the administrator; ended early.

Who leads an office keeps its roster; for a post that leads by more than they may themselves they name and end nobody.
A stand-in gets what the post may and nothing more, for days, and each act says that it was one. Who reads, what of it:
one's own, the office's where one leads it, the jurisdiction's where one administers it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.heart.region.holdings import ADMINISTER, desks_of, today
from tongxin.heart.region.models import Person, Post, PostHolding, Substitution, valid_on
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from tongxin.site.people.actions import MANAGE_ROSTER, locked

LED = frozenset({"excuse", "review", "sign_agreement", "register_agreement", MANAGE_ROSTER, ADMINISTER})
# what leads: who keeps the office's roster names stand-ins for its posts, but lends none of these that they lack
LONGEST = timedelta(days=92)
_NOT = _("No stand-in was named.")


def seen(reader: Acting) -> QuerySet[Substitution]:
    """Return the substitutions that run or are to come and concern the reader, by their first day."""
    rows = Substitution.objects.filter(ended_at__isnull=True, valid_until__gt=today())
    if reader != SYSTEM:
        rows = rows.filter(_of(reader))
    related = ("post__office", "absent", "stand_in")
    return rows.select_related(*related).order_by("valid_from", "id")


def _of(reader: Acting) -> Q:
    """Return the condition that a substitution concerns the reader."""
    own = Q(absent_id=reader.person_id) | Q(stand_in_id=reader.person_id)
    found = own if reader.person_id is not None else Q(pk__in=())
    if reader.stand_in is not None:
        return found
    if ADMINISTER in reader.capabilities:
        return found | Q(post__office__jurisdiction_id=reader.jurisdiction)
    if MANAGE_ROSTER in reader.capabilities:
        return found | Q(post__office__posts__id=reader.post)
    return found


def holdings(by: Acting) -> QuerySet[PostHolding]:
    """Return the holdings of today or to come for which the actor may name a stand-in."""
    rows = PostHolding.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today()))
    rows = rows.select_related("post__office", "person").order_by("post_id", "person__username", "id")
    if by == SYSTEM:
        return rows
    if by.stand_in is not None:
        return rows.none()
    if ADMINISTER in by.capabilities:
        return rows.filter(post__office__jurisdiction_id=by.jurisdiction)
    if MANAGE_ROSTER in by.capabilities:
        posts = Post.objects.filter(office__posts__id=by.post).values_list("id", "capabilities")
        return rows.filter(post_id__in=[post for post, may in posts if LED & set(may) <= by.capabilities])
    if by.person_id is None:
        return rows.none()
    return rows.filter(post_id=by.post, person_id=by.person_id)


def candidates(by: Acting) -> QuerySet[Person]:
    """Return who may stand in: who holds a post of the jurisdiction today, and can log in."""
    own = PostHolding.objects.filter(valid_on(today()), post__office__jurisdiction_id=by.jurisdiction)
    return Person.objects.filter(is_active=True, id__in=own.values("person_id")).order_by("username")


def name_stand_in(
    *, by: Acting, key: str, post: str, absent: int, stand_in: int, valid_from: date, valid_until: date
) -> dict[str, Any]:
    """Name who stands in for a post's holder from a day until another, the first day on which they no longer do."""
    request = {
        "post": post,
        "absent": absent,
        "stand_in": stand_in,
        "from": valid_from.isoformat(),
        "until": valid_until.isoformat(),
    }
    with act("people.stand_in.named", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        held = _may_name(by, post, absent, valid_from)
        locked(Post, held.post_id)  # two at once for one post: the second finds the first
        _days(valid_from, valid_until)
        own = _own_post(held, by, stand_in, valid_from)
        _free(held, valid_from, valid_until)
        row = Substitution.objects.create(
            post=held.post,
            absent_id=absent,
            stand_in_id=stand_in,
            own_post=own.id,
            named_by=by.post,
            named_at=a.at,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        a.changes_rules = True
        _ring(own, row, a.at)
        a.result = {"substitution": row.pk}
        a.entry(f"post:{post}", payload=request | a.result | {"own_post": own.id})
    return a.result


def end(*, by: Acting, key: str, substitution: int) -> dict[str, Any]:
    """End a substitution before its last day: from the next request on nobody stands in by it.

    By who is away, who stands in, or who may name one for the post.
    """
    with act("people.stand_in.ended", by=by, key=key, request={"substitution": substitution}) as a:
        if a.replayed:
            return a.result
        row = one(by, substitution)
        if not may_end(by, row):
            raise NotAllowed(
                "stand_in_not_yours",
                _("You name nobody for this post, and end nobody's standing in for it."),
                todo=_("Ask who is away, who stands in, or the administrator."),
            )
        row = locked(Substitution, row.pk)
        if row.ended_at is not None or row.valid_until <= today():
            raise Conflict("stand_in_over", _("Nobody stands in by this any more; it stays on record."))
        row.ended_at = a.at
        row.save(update_fields=["ended_at"])
        a.changes_rules = True
        a.result = {"substitution": row.pk, "ended_at": clock.iso(a.at)}
        a.entry(f"post:{row.post_id}", payload=a.result)
    return a.result


def may_end(by: Acting, row: Substitution) -> bool:
    """Whether the actor may end a substitution that concerns them: their own, or of a post that they name for."""
    if by == SYSTEM or (by.person_id is not None and by.person_id in {row.absent_id, row.stand_in_id}):
        return True
    if by.stand_in is not None:
        return False
    return ADMINISTER in by.capabilities or (
        MANAGE_ROSTER in by.capabilities and LED & set(row.post.capabilities) <= by.capabilities
    )


def one(reader: Acting, substitution: int) -> Substitution:
    """Return a substitution that concerns the reader. Raises NotFound for any other."""
    rows = Substitution.objects.filter(pk=substitution).select_related("post")
    row = (rows if reader == SYSTEM else rows.filter(_of(reader))).distinct().first()
    if row is None:
        raise NotFound("no_such_stand_in", _("There is no such stand-in that concerns you."))
    return row


def _may_name(by: Acting, post: str, absent: int, on: date) -> PostHolding:
    """Return the holding of who is away; refuse who may not speak for that post."""
    if by.stand_in is not None:
        raise NotAllowed(
            "stand_in_names_none",
            _("Who stands in for somebody names no further stand-in."),
            todo=_("Change to a post of your own, or ask who leads the office."),
        )
    row = holdings(by).filter(valid_on(on), post_id=post, person_id=absent).first()
    if row is None:
        raise NotFound(
            "no_such_holding",
            _("There is no such holder of this post for whom you may name a stand-in."),
            todo=_("Name one for yourself, or ask who leads the office or the administrator."),
        )
    return row


def _days(valid_from: date, valid_until: date) -> None:
    wrong: dict[str, list[Any]] = {}
    if valid_from < today():
        wrong["valid_from"] = [_("Choose today or a day to come.")]
    if valid_until <= valid_from:
        wrong["valid_until"] = [_("The end must come after the beginning.")]
    elif valid_until - valid_from > LONGEST:
        wrong["valid_until"] = [
            _("At most %(n)d days; a longer absence is a new holder.") % {"n": LONGEST.days}
        ]
    if wrong:
        raise Invalid(_NOT, wrong)


def _own_post(held: PostHolding, by: Acting, stand_in: int, on: date) -> Post:
    """Return the stand-in's own post, of the same office where they hold several; refuse who may not stand in."""
    own = PostHolding.objects.filter(
        valid_on(on),
        person_id=stand_in,
        person__is_active=True,
        post__office__jurisdiction_id=held.post.office.jurisdiction_id,
    )
    posts = [row.post for row in own.select_related("post__office").order_by("post_id")]
    wrong: Any = ""
    if stand_in == held.person_id:
        wrong = _("Nobody stands in for themselves.")
    elif not posts:
        wrong = _("Choose somebody who holds a post of this jurisdiction then.")
    elif held.post_id in {post.id for post in posts}:
        wrong = _("This person holds the post already.")
    elif stand_in == by.person_id:
        wrong = _("You name yourself: let the absent person or the administrator do that.")
    if wrong:
        raise Invalid(_NOT, {"stand_in": [wrong]})
    return min(posts, key=lambda post: (post.office_id != held.post.office_id, post.id))


def _free(held: PostHolding, valid_from: date, valid_until: date) -> None:
    """Refuse two stand-ins for one holder of a post on one day."""
    others = Substitution.objects.filter(
        post_id=held.post_id,
        absent_id=held.person_id,
        ended_at__isnull=True,
        valid_from__lt=valid_until,
        valid_until__gt=valid_from,
    )
    if others.exists():
        raise Invalid(_NOT, {"valid_from": [_("Somebody stands in on part of these days already.")]})


def _ring(own: Post, row: Substitution, at: Any) -> None:
    """Tell the stand-in, in their own post."""
    desks = desks_of(own.office_id, own.office.jurisdiction_id, today())
    if desks:
        params = {
            "post": row.post_id,
            "from": str(row.valid_from),
            "until": str(row.valid_until),
        }
        exchange.notify(
            desks[0].id, "stand_in_named", link="/stand-ins/", at=at,
            dedupe=f"stand-in:{row.pk}", params=params, post=own.id,
        )  # fmt: skip

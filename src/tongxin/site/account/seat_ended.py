"""Whether the seat in which a page was opened is still its reader's, and what of it ended: post, mandate or sign-in."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.ended import Ended
from tongxin.heart.region.holdings import today
from tongxin.heart.region.models import Mandate, Person, Post, PostHolding, Substitution
from tongxin.shared.named import pick
from tongxin.site.account import seats


def still(request: HttpRequest, seat: str) -> bool:
    """Whether the seat, `post@desk`, is among those of who asks; true for a page that names none."""
    return not seat or any(each.code == seat for each in getattr(request, "seats", ()))


def words(request: HttpRequest, seat: str) -> Ended:
    """Return what of a seat ended, since when, and who is to be asked."""
    person = seats.person_of(request)
    if person is None:
        return Ended(
            _("Nobody is signed in here any more: the sign-in has ended, or the login was closed."),
            ask=_("Sign in again; if that is refused, the administrator of your jurisdiction."),
        )
    post_id, _sign, desk = seat.partition("@")
    post = Post.objects.select_related("office__jurisdiction").filter(pk=post_id).first()
    if post is None:
        return Ended(_("You act in no post now."), ask=_("the administrator of your jurisdiction"))
    place = post.office.jurisdiction
    admin = _("the administrator of %(place)s") % {"place": pick(place.name_zh, place.name_en)}
    called = _("%(office)s, %(post)s") % {
        "office": pick(post.office.name_zh, post.office.name_en),
        "post": pick(post.name_zh, post.name_en),
    }
    ended_on = _left(person, post.pk)
    if ended_on is not None:
        return Ended(
            _("The post in which you opened the page, %(post)s: yours until %(on)s.")
            % {"post": called, "on": ended_on.isoformat()},
            ask=admin,
        )
    return Ended(_mandate(post, desk, called), ask=admin)


def _left(person: Person, post: str) -> date | None:
    """Return since when a post is no longer somebody's, held or lent; None where it still is, or never was."""
    days = list(PostHolding.objects.filter(person=person, post=post).values_list("valid_until", flat=True))
    for row in Substitution.objects.filter(stand_in=person, post=post):
        early = row.ended_at.date() if row.ended_at else None
        days.append(min(filter(None, (early, row.valid_until)), default=None))
    if not days or any(day is None or day > today() for day in days):
        return None
    return max(day for day in days if day is not None)


def _mandate(post: Post, desk: str, called: str) -> str:
    """Say that the office no longer staffs the desk, since when, and which office does now."""
    names = wording.desk_names([desk])
    said = {"post": called, "desk": str(names.get(desk, desk))}
    row = Mandate.objects.filter(office=post.office, desk=desk).order_by("-valid_from").first()
    if row is None or row.valid_until is None or row.valid_until > today():
        return _("%(post)s acts for %(desk)s no more.") % said
    after = Mandate.objects.filter(desk=desk, kind=Mandate.Kind.SEAT, valid_from__gte=row.valid_until)
    now = after.exclude(office=post.office).select_related("office").first()
    if now is None:
        return _("The mandate of the office of %(post)s for %(desk)s ended on %(on)s.") % (
            said | {"on": row.valid_until.isoformat()}
        )
    return _(
        "The mandate of the office of %(post)s for %(desk)s ended on %(on)s; it is now with %(office)s."
    ) % (said | {"on": row.valid_until.isoformat(), "office": pick(now.office.name_zh, now.office.name_en)})

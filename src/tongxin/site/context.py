"""What every page of the shell knows: the menu, who acts, the counts, language and theme; all of it read lazily."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tongxin.shared.petals import registered
from tongxin.site import shown_again
from tongxin.site.look.names import TAGS, language

THEMES = ("light", "dark")


@dataclass(frozen=True)
class ShellCounts:
    """What stands beside the menu. The function named by settings.SHELL_COUNTS returns one for a request."""

    office_open: int = 0
    office_overdue: int = 0
    cases: int = 0
    agreements: int = 0
    notifications: int = 0
    ledger_size: int | None = None
    ledger_checked_at: datetime | None = None
    region_name: Any = ""
    post_name: Any = ""
    posts: int = 0
    petals: list[Any] = field(default_factory=list)  # marks.PetalState for the mark of the house


def no_counts(request: HttpRequest) -> ShellCounts:
    """Return zeros: what the shell shows when nobody counts."""
    return ShellCounts()


@dataclass(frozen=True)
class Line:
    """One line of the menu."""

    label: str
    url: str
    here: bool = False
    count: int | None = None
    hot: bool = False
    code: str = ""


def address(name: str, otherwise: str = "") -> str:
    """Return the address of a named URL, or the other one where this house does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return otherwise


class Shell:
    """The shell of one request; every property is read at most once and only when the page shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def counts(self) -> ShellCounts:
        """The counts, from the hook."""
        hook: Callable[[HttpRequest], ShellCounts] = import_string(
            getattr(settings, "SHELL_COUNTS", "tongxin.site.context.no_counts")
        )
        return hook(self.request)

    @property
    def post(self) -> Any:
        """The post that acts (heart.region.acting.Acting), or None."""
        return getattr(self.request, "acting", None)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is logged in."""
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        return language()

    @property
    def lang(self) -> str:
        """The lang attribute of the page."""
        return TAGS[language()]

    language_form = shown_again.FORM
    own_form = False  # whether the page shows a form that its language switch sends again

    @property
    def again(self) -> list[tuple[str, str]] | None:
        """What the language switch sends again where the page shows no form of its own; None: its address opens."""
        return shown_again.fields(self.request)

    def takes_form(self, address: str, *, always: bool = False) -> bool:
        """Whether a form that goes to the address is the one that the language switch sends: one a page at the most.

        It is where the page is the answer to it; `always` for one whose screen shows it again as it was typed, even
        when nothing had been sent.
        """
        if self.own_form or not (
            always or (shown_again.answered(self.request) and address in {"", self.request.path})
        ):
            return False
        self.own_form = True
        return True

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty: as the reader's system is."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def mode(self) -> str:
        """demo, run or test."""
        return str(getattr(settings, "MODE", "run"))

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration."""
        return self.mode == "demo"

    @cached_property
    def work(self) -> list[Line]:
        """The first group of the menu."""
        lines = [self._line(_("Today"), "home", "/", exact=True)]
        if self.signed_in:
            hot = self.counts.office_overdue > 0
            count = self.counts.office_overdue if hot else self.counts.office_open
            lines.append(self._line(_("My office"), "desk", "/desk/", count=count, hot=hot))
            lines.append(self._line(_("Cases"), "cases", "/cases/", count=self.counts.cases))
        lines.append(self._line(_("Agreements"), "agreements", "/agreements/", count=self.counts.agreements))
        if self.post is not None and self.post.coordinates:
            lines.append(self._line(_("Leaders' agenda"), "agenda", "/agenda/"))
        lines.append(self._line(_("Scores"), "scores", "/scores/"))
        lines.append(self._line(_("Ledger"), "ledger", "/ledger/"))
        lines.append(self._line(_("Working calendar"), "calendar", "/calendar/"))
        if self.post is not None and "administer" in self.post.capabilities:
            lines.append(self._line(_("People and posts"), "people", "/people/"))
        return lines

    @cached_property
    def fields(self) -> list[Line]:
        """The second group: what the built petals offer."""
        return [
            self._line(str(entry.label), entry.url_name, code=petal.code)
            for petal in registered()
            for entry in petal.menu
            if address(entry.url_name)
        ]

    def _line(
        self,
        label: str,
        url_name: str,
        otherwise: str = "",
        *,
        exact: bool = False,
        code: str = "",
        **more: Any,
    ) -> Line:
        url = address(url_name, otherwise)
        path = self.request.path
        here = path == url if exact or url == "/" else path.startswith(url)
        return Line(label=label, url=url, here=here, code=code, **more)

    @property
    def search_url(self) -> str:
        """Where the search field sends to."""
        return address("search", "/search/")

    @property
    def sought(self) -> str:
        """What was searched for, so that it stays in the field."""
        return self.request.GET.get("q", "") if self.request.path == self.search_url else ""

    @property
    def notices_url(self) -> str:
        """Where the bell leads."""
        return address("notices", "/notices/")

    @property
    def post_url(self) -> str:
        """Where one changes the post one acts in."""
        return address("account_post", "/account/post/")

    @property
    def verify_url(self) -> str:
        """The page that explains verification."""
        return address("verify_guide", "/guide/verify/")

    @property
    def here(self) -> str:
        """This address, for a way back after a change of language."""
        return self.request.get_full_path() if self.request.method in {"GET", "HEAD"} else self.request.path


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` on every page."""
    return {"shell": Shell(request)}

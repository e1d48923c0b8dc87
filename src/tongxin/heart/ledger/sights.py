"""Who may see the payload of an entry: the desk that wrote it; others as the room that owns the subject says.

Where no room speaks for a subject, the whole side of the desk may: but what one desk knows of a case, with the
applicant's own data, the next desk of the same government does not know without a reason.

The ledger knows no cases and no matters. A room that does registers one function for its kind of subject,
the word before the colon: `sights.register("case", may_see_case)`. What nobody allows is withheld.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Looker(Protocol):
    """Who looks: anything that says for which jurisdiction it acts."""

    @property
    def jurisdiction(self) -> str:
        """Return the jurisdiction's id, empty for none."""
        ...

    @property
    def desk(self) -> str:
        """Return the desk it sits at."""
        ...


Sight = Callable[[Looker, str], bool]

_sights: dict[str, Sight] = {}


def register(kind: str, sight: Sight) -> None:
    """Let `sight(looker, subject)` decide for subjects of `kind`; called once, from a room's `apps.py`."""
    _sights[kind] = sight


def own(looker: Looker, desk: str) -> bool:
    """Tell whether the entry was written at a desk of the looker's side."""
    if desk == looker.desk:
        return True
    return bool(looker.jurisdiction) and desk.startswith(looker.jurisdiction + "/")


def may_see(looker: Looker | None, desk: str, subject: str) -> bool:
    """Tell whether `looker` may see the payload of an entry by `desk` about `subject`."""
    if looker is None:
        return False
    sight = _sights.get(subject.partition(":")[0])
    if sight is None:
        return own(looker, desk)
    return desk == looker.desk or sight(looker, subject)

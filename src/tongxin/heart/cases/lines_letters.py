"""What the holder writes to an applicant whose page is at another node: the node of the desk that accepted the case."""

from __future__ import annotations

from tongxin.heart.cases import crossing_tellers, crossing_trust, lines_cases, lines_forms
from tongxin.heart.cases.actions import corresponding, handing
from tongxin.heart.exchange import lines, lines_kinds
from tongxin.heart.exchange.acts import Act


def register_all() -> None:
    """Make the kind known."""
    lines.handles("letter")(lines_forms.reads(written))


def written(letter: lines.Letter, a: Act, peer: str) -> None:
    """Put what the holder wrote on the applicant's page, unless what is kept of the applicant is erased."""
    case = lines_cases.known(letter)
    if letter.to_desk != case.accepting_desk_id:
        raise crossing_trust.not_yours()
    crossing_tellers.need(case, letter, "letter")
    message = lines_kinds.keep(letter, a)
    subject = letter.thread
    if handing.received_tell(a, case, message) and case.erased_at is None:
        made = corresponding.received_letter(
            case, desk=letter.from_desk, text=letter.body["text"], at=a.at, post=a.by.post
        )
        subject = f"{letter.thread}/letter:{made.pk}"
    a.entry(
        subject,
        act="cases.letter.sent",
        cause=f"line:{peer}/{letter.seq}",
        basis=letter.basis,
        payload={"told_by": peer, "message": letter.id},
    )

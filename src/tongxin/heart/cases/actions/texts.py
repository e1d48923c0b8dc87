"""Texts for notices are entered from the pack and changed by desks; every version stays."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import notice_files, notice_texts
from tongxin.heart.cases.models import NoticeText
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid

WRITES = frozenset({"file_case", "decide"})  # whose posts may change the desk's texts


def load_notice(read: notice_files.NoticeFile, *, by: Acting) -> str:
    """Enter a text's version from the pack; the same again changes nothing."""
    name = f"{read.notice}@{read.version}"
    body = read.model_dump(mode="json")
    with act("cases.text.loaded", by=by, key=f"load-text:{name}", request={"body": body}) as a:
        if not a.replayed:
            NoticeText.objects.create(
                name=read.notice,
                version=read.version,
                use=read.use,
                title_zh=read.title.zh,
                title_en=read.title.en,
                text_zh=read.text.zh,
                text_en=read.text.en,
                post=by.post,
                at=a.at,
                illustrative=read.provenance.terms == "illustrative",
            )
            a.entry(f"text:{name}", payload={"text": name})
    return name


def change_text(*, by: Acting, key: str, name: str, text_zh: str, text_en: str, seen: int) -> dict[str, Any]:
    """Give the actor's desk its own wording of a text, in place of the one that was `seen` (its row's number)."""
    _may_write(by)
    request = {"text": name, "zh": text_zh.strip(), "en": text_en.strip(), "seen": seen}
    with act("cases.text.changed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        checked({"text_zh": text_zh.strip(), "text_en": text_en.strip()})
        now = _as_seen(by, name, seen)
        row = _next(by, now, a.at, text_zh=text_zh.strip(), text_en=text_en.strip())
        a.result = {"text": name, "version": row.version, "number": row.pk}
        a.entry(f"desk:{by.desk}/text:{name}", payload=request | a.result)
    return a.result


def drop_text(*, by: Acting, key: str, name: str, seen: int) -> dict[str, Any]:
    """Go back to the pack's wording; the desk's own stays in the history."""
    _may_write(by)
    with act("cases.text.dropped", by=by, key=key, request={"text": name, "seen": seen}) as a:
        if a.replayed:
            return a.result
        now = _as_seen(by, name, seen)
        if not now.own:
            raise Conflict(
                "not_own",
                _("Your desk uses the region's wording already."),
                todo=_("Nothing is to be done."),
            )
        row = _next(by, now, a.at, text_zh="", text_en="", dropped=True)
        a.result = {"text": name, "version": row.version, "number": row.pk}
        a.entry(f"desk:{by.desk}/text:{name}", payload=a.result)
    return a.result


def checked(texts: dict[str, str]) -> None:
    """Raise Invalid by field for an empty or too long text, and for every word in braces that is no place."""
    wrong: dict[str, list[Any]] = {}
    for field, text in texts.items():
        if not text:
            wrong[field] = [_("Write the text.")]
        elif len(text) > notice_files.MAX:
            wrong[field] = [_("This text is too long: at most %(n)d characters.") % {"n": notice_files.MAX}]
        for word, like in notice_files.wrong_places(text):
            said = (
                _("{%(word)s} is no place; did you mean {%(like)s}?")
                if like
                else _("{%(word)s} is no place.")
            )
            wrong.setdefault(field, []).append(said % {"word": word[:40], "like": like})
    if wrong:
        raise Invalid(_("The text was not changed."), wrong)


def _may_write(by: Acting) -> None:
    if not by.capabilities & WRITES:
        by.need("file_case")


def _as_seen(by: Acting, name: str, seen: int) -> notice_texts.Usable:
    now = notice_texts.one(by, name)
    if now.row.pk != seen:
        raise Conflict(
            "text_changed",
            _("Somebody has changed this text since the page was made."),
            todo=_("Reload the page and look again before you change it."),
        )
    return now


def _next(by: Acting, now: notice_texts.Usable, at: Any, **said: Any) -> NoticeText:
    last = NoticeText.objects.filter(name=now.row.name, desk=by.desk).order_by("-version").first()
    return NoticeText.objects.create(
        name=now.row.name,
        desk_id=by.desk,
        version=last.version + 1 if last else 1,
        use=now.row.use,
        title_zh=now.row.title_zh,
        title_en=now.row.title_en,
        post=by.post,
        at=at,
        illustrative=now.row.illustrative,
        **said,
    )

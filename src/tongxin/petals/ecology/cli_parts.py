"""What the commands of incidents share: instants, and what a notice carries."""

from __future__ import annotations

from datetime import datetime

import click

from tongxin.shared import clock


class Instant(click.ParamType[datetime, str | datetime]):
    """An instant: with an offset as written, without one in Beijing time; `now` is now."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the aware instant."""
        if isinstance(value, datetime):
            return value
        if value == "now":
            return clock.now()
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("write a time such as 2026-03-09T22:40 (Beijing time) or with an offset", param, ctx)
        if not 2000 <= found.year < 2100:
            self.fail("the year is not between 2000 and 2099", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)


def carried(pairs: tuple[str, ...], ctx: click.Context) -> dict[str, str]:
    """Return what `--carry FIELD=VALUE` says, by field."""
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.BadParameter(f"{pair!r} is not FIELD=VALUE", ctx, param_hint="--carry")
        found[name] = value
    return found

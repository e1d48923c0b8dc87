"""Pictures of a forecast as PNG: curves with their band and samples, and the arrival along the river."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tongxin.petals.ecology.engine.case import HOUR, Case
from tongxin.petals.ecology.engine.ensemble import Forecast
from tongxin.petals.ecology.engine.told import narrowest
from tongxin.petals.ecology.engine.updating import Sample
from tongxin.shared.phrases import phrase

INK, SOFT, BAND, LINE, SPOT, RULE = "#1c2733", "#5c6b7a", "#bcd7ea", "#155a8a", "#b3261e", "#dfe5ea"
WIDE, HIGH, LEFT, BOTTOM = 900, 210, 74, 34
MOST = 8
STEPS_H = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672)  # hours between two labels of time, from midnight
# Fonts with Chinese signs, as systems name their files; without one pictures speak English and name sections by id.
CHINESE_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf", "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallback.ttf", "DroidSansFallbackFull.ttf", "PingFang.ttc",
    "msyh.ttc", "simhei.ttf", "simsun.ttc",
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How a picture speaks: sentences in the reader's language, names of sections by id, and a font that has them."""

    said: Callable[[str], str] = str
    names: Mapping[str, str] = field(default_factory=dict)
    font: Any = None

    def of(self, section: str) -> str:
        """Return what a section is called."""
        return self.names.get(section) or section


def words(said: Callable[[str], str], names: Mapping[str, str]) -> Words:
    """Return the words of a reader; English and ids where their signs cannot be drawn."""
    texts = [*names.values(), *(said(t) for t in SENTENCES)]
    if all(ord(sign) < LATIN for text in texts for sign in text):
        return Words(said, names, ImageFont.load_default(13))
    font = chinese_font(13)
    return Words(font=ImageFont.load_default(13)) if font is None else Words(said, names, font)


def chinese_font(size: int) -> Any:
    """Return a font of the system with Chinese signs, or None."""
    for name in CHINESE_FONTS:
        try:
            return ImageFont.truetype(name, size, index=2 if name.startswith("NotoSansCJK") else 0)
        except OSError:
            continue
    return None


LATIN = 0x2E80  # from here on signs are Chinese, Japanese or Korean
UNIT = phrase("mg/L, P5–P50–P95")
LEGEND = phrase("band P5–P95, line P50; dashes: threshold; ring: sample; check mark: below detection")
ALONG = phrase("arrival along the river, P5–P50–P95, and how likely it is")
SENTENCES = (UNIT, LEGEND, ALONG, phrase("hours after {time}", time=""))


class Axes:
    """A box of a picture with its scales: data to pixels, rules, labels."""

    def __init__(
        self,
        draw: Any,
        box: tuple[int, int, int, int],
        x: tuple[float, float],
        y: tuple[float, float],
        font: Any,
    ) -> None:
        self.draw, self.box, self.x, self.y = draw, box, x, y
        self.font: Any = font

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a point."""
        left, top, right, bottom = self.box
        share_x = (x - self.x[0]) / max(self.x[1] - self.x[0], 1e-12)
        share_y = (y - self.y[0]) / max(self.y[1] - self.y[0], 1e-12)
        return left + share_x * (right - left), bottom - min(max(share_y, -0.02), 1.02) * (bottom - top)

    def frame(self, title: str, x_ticks: Sequence[tuple[float, str]], unit: str) -> None:
        """Draw rules, their labels (value and text along x) and the title."""
        left, top, right, bottom = self.box
        for value in ticks(*self.y, 4):
            _x, pixel = self.at(self.x[0], value)
            self.draw.line([(left, pixel), (right, pixel)], fill=RULE)
            self.draw.text((left - 6, pixel), f"{value:g}", fill=SOFT, font=self.font, anchor="rm")
        for value, text in x_ticks:
            pixel, _y = self.at(value, self.y[0])
            self.draw.line([(pixel, bottom), (pixel, bottom + 4)], fill=SOFT)
            self.draw.text((pixel, bottom + 6), text, fill=SOFT, font=self.font, anchor="ma")
        self.draw.line([(left, top), (left, bottom), (right, bottom)], fill=SOFT)
        self.draw.text((left, top - 18), title, fill=INK, font=self.font)
        self.draw.text((right, top - 18), unit, fill=SOFT, font=self.font, anchor="ra")


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return round values within a range, about so many."""
    if not high > low:
        return [low]
    raw = (high - low) / count
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 12) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def time_ticks(low: float, high: float, zero: datetime, count: int = 6) -> list[tuple[float, str]]:
    """Return hours after `zero` that are whole hours of its clock, about so many, with their month, day and time."""
    step = next((s for s in STEPS_H if (high - low) / s <= count), STEPS_H[-1])
    midnight = zero.hour + zero.minute / 60 + zero.second / 3600
    first = math.ceil((low + midnight) / step - 1e-9)
    found = []
    for n in range(first, math.floor((high + midnight) / step + 1e-9) + 1):
        hours = n * step - midnight
        found.append((hours, (zero + timedelta(hours=hours)).strftime("%m-%d %H:%M")))
    return found


def curves(
    case: Case,
    found: Forecast,
    zero: datetime,
    samples: Sequence[Sample],
    path: Path,
    words: Words | None = None,
) -> bool:
    """Write the curves of up to eight sections, with P5–P95 as a band, P50 as a line and samples as spots.

    False, and no file, when no section is reached.
    """
    spoken = words or Words(font=ImageFont.load_default(13))
    shown = narrowest(found.sections)
    if len(shown) > MOST:
        shown = [shown[round(i * (len(shown) - 1) / (MOST - 1))] for i in range(MOST)]
    if not shown:
        return False
    image = Image.new("RGB", (WIDE, HIGH * len(shown) + 40), "white")
    draw = ImageDraw.Draw(image)
    for n, section in enumerate(shown):
        here = [s for s in samples if case.sections[s.section].id == section.id]
        hours = section.times / HOUR
        top = max([float(section.curve.max()), case.threshold * 1.1, *(s.value for s in here)]) * 1.05
        seen = hours[section.curve[:, 2] > 0.002 * top]
        span = (float(seen[0]) if len(seen) else 0.0, float(seen[-1]) if len(seen) else float(hours[-1]))
        axes = Axes(
            draw, (LEFT, n * HIGH + 30, WIDE - 20, (n + 1) * HIGH - BOTTOM), span, (0.0, top), spoken.font
        )
        km = "" if section.km is None else f"  {section.km:.1f} km"
        axes.frame(
            f"{spoken.of(section.id)}{km}  {section.probability:.0%}",
            time_ticks(*span, zero),
            spoken.said(UNIT),
        )
        inside = [(h, *c) for h, c in zip(hours, section.curve, strict=True) if span[0] <= h <= span[1]]
        upper = [axes.at(h, c95) for h, _c5, _c50, c95 in inside]
        lower = [axes.at(h, c5) for h, c5, _c50, _c95 in inside]
        if len(inside) > 1:
            draw.polygon([*upper, *reversed(lower)], fill=BAND)
            draw.line([axes.at(h, c50) for h, _c5, c50, _c95 in inside], fill=LINE, width=2)
        y = axes.at(span[0], case.threshold)[1]
        for dash in range(LEFT, WIDE - 20, 10):
            draw.line([(dash, y), (dash + 5, y)], fill=SPOT)
        for sample in here:
            x, y = axes.at(sample.at / HOUR, sample.value)
            if sample.below:
                draw.line([(x - 5, y - 4), (x, y + 4), (x + 5, y - 4)], fill=SPOT, width=2)
            else:
                draw.ellipse([x - 4, y - 4, x + 4, y + 4], outline=SPOT, width=2)
    draw.text((LEFT, HIGH * len(shown) + 14), spoken.said(LEGEND), fill=SOFT, font=spoken.font)
    image.save(path, "PNG")
    return True


def along(found: Forecast, zero: datetime, path: Path, words: Words | None = None) -> bool:
    """Write the arrival along the river: kilometres below the release, P5–P95 as bars. False when there is none."""
    spoken = words or Words(font=ImageFont.load_default(13))
    shown = [s for s in found.sections if s.state == "arrives" and s.km is not None]
    if not shown:
        return False
    image = Image.new("RGB", (WIDE, 420), "white")
    draw = ImageDraw.Draw(image)
    latest = max((s.arrival.p95 or 0.0) for s in shown) / HOUR
    furthest = max(s.km or 0.0 for s in shown) * 1.06
    axes = Axes(draw, (LEFT, 34, WIDE - 20, 380), (0.0, furthest), (0.0, latest * 1.08), spoken.font)
    hours = phrase("hours after {time}", time=f"{zero:%Y-%m-%d %H:%M}")
    x_ticks = [(km, f"{km:g} km") for km in ticks(0.0, furthest, 6)]
    axes.frame(spoken.said(ALONG), x_ticks, spoken.said(hours))
    for s in shown:
        if s.arrival.p5 is None or s.arrival.p50 is None or s.arrival.p95 is None or s.km is None:
            continue
        low, middle, high = (axes.at(s.km, v / HOUR) for v in (s.arrival.p5, s.arrival.p50, s.arrival.p95))
        draw.line([low, high], fill=BAND, width=9)
        draw.ellipse([middle[0] - 4, middle[1] - 4, middle[0] + 4, middle[1] + 4], fill=LINE)
        text = f"{spoken.of(s.id)} {s.probability:.0%}"
        half = draw.textlength(text, font=axes.font) / 2
        x = min(max(high[0], LEFT + half), WIDE - 2 - half)  # inside of the picture
        draw.text((x, high[1] - 4), text, fill=SOFT, font=axes.font, anchor="ms")
    image.save(path, "PNG")
    return True

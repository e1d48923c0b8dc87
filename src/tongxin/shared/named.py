"""Words in both languages, and the choice between them."""

from __future__ import annotations

from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, Field


class Both(BaseModel):
    """Words in Chinese and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __str__(self) -> str:
        return pick(self.zh, self.en)


def pick(zh: str, en: str) -> str:
    """Return the words of the language the reader has chosen."""
    return en if (get_language() or "zh-hans").startswith("en") else zh

"""Every string of the screens is there in Chinese, and Django loads every catalogue that we keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_messages

ROOT = Path(__file__).resolve().parents[2]


def test_every_catalogue_is_loaded() -> None:
    from django.apps import apps
    from django.conf import settings

    loaded = {Path(config.path) / "locale" for config in apps.get_app_configs()}
    loaded |= {Path(path) for path in settings.LOCALE_PATHS}
    kept = {path.parents[2] for path in (ROOT / "src").glob("**/locale/*/LC_MESSAGES/django.po")}
    assert kept - loaded == set(), "no app owns them, and LOCALE_PATHS does not name them"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>{% translate 'Due' %}</p>", []),
        ("<p>Due</p>", ["text outside a translation: 'Due'"]),
        ("<p>{% blocktranslate %}Due now{% endblocktranslate %}</p>", []),
        ("<p {% if x %}title='Due'{% endif %}></p>", ["title outside a translation: 'Due'"]),
        ("<input type=submit value=Send>", ["value outside a translation: 'Send'"]),
        ("<input type=text value=Send>", []),
        ("{# Due #}{% comment %}Due{% endcomment %}", []),
        ("<b lang='zh'>中文说明</b><b translate='no'>Due</b>", []),
        ("<b lang='zh'>中文<br>说明</b> Due", ["text outside a translation: 'Due'"]),
        (
            "{% include 'x.html' with title='Nothing yet' kind='notify' %}",
            ["title= outside a translation: 'Nothing yet'"],
        ),
        ("{% include 'x.html' with title=_('Nothing yet') %}", []),
        ("<p>42 · {{ n }} &nbsp; → CSV</p>", []),
    ],
)
def test_text_in_a_template(
    page: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_messages, "ROOT", tmp_path)
    path = tmp_path / "page.html"
    path.write_text(page, "utf-8")
    assert [each.what for each in check_messages.check_template(path)] == found


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('raise Refused("late", _("It is late."))', 0),
        ('raise Refused("late", "It is late.")', 1),
        ('raise Refused("late", _("It is late."), todo=f"Wait {n} minutes")', 1),
        ('messages.success(request, "Saved")', 1),
        ('"""文档"""\nx = "中文字"', 1),
        ('x = "中文字"  # not ui', 0),
    ],
)
def test_text_in_python(code: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_messages, "ROOT", tmp_path)
    monkeypatch.setattr(check_messages, "SOURCE", tmp_path)
    path = tmp_path / "code.py"
    path.write_text(code, "utf-8")
    assert len(list(check_messages.check_python(path))) == count


def test_messages_are_read_from_templates_and_python(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<p class=\"x's\">{% translate 'Main' %} {% translate \"Fields\" context 'menu' %}\n"
        "  {% blocktranslate count n=x trimmed %}\n one {{ n }}\n {% plural %}\n many {{ n }}\n"
        "      {% endblocktranslate %}{{ x|default:_('None') }}",
        "utf-8",
    )
    keys = [key for _line, key in check_messages.messages_in(page)]
    assert keys == [("", "Main"), ("menu", "Fields"), ("", "one %(n)s"), ("", "None")]

"""Tags and parts as a screen uses them."""

from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, Engine, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tongxin.site import context
from tongxin.site.look import bundle


@pytest.fixture(autouse=True)
def nobody_counts(settings):
    settings.SHELL_COUNTS = "tongxin.site.context.no_counts"


def render(text, request=None, language="en", **given):
    with translation.override(language):
        return Template(text, engine=Engine.get_default()).render(Context({**given, "request": request}))


def get(path="/", **cookies):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.COOKIES.update(cookies)
    return request


class Notice(forms.Form):
    place = forms.CharField(label="Place", help_text="a section or a bridge")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def test_a_field_ties_hint_and_error_to_its_control():
    form = Notice({"place": ""})
    html = render("{% field form.place %}", form=form)
    assert 'aria-describedby="id_place_hint id_place_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input"' in html
    assert html.index("a section or a bridge") < html.index("This field is required.") < html.index("<input")


def test_a_group_is_a_fieldset_with_a_legend():
    html = render("{% field form.kind %}", form=Notice())
    assert "<fieldset" in html
    assert "<legend>Kind" in html
    assert html.count('type="radio"') == 2


def test_the_summary_links_to_each_field_and_is_absent_when_there_is_nothing_to_mend():
    html = render("{% error_summary form %}", form=Notice({"note": "x"}))
    assert 'href="#id_place"' in html
    assert 'href="#id_kind"' in html
    assert "2 things to mend" in html
    assert render("{% error_summary form %}", form=Notice()).strip() == ""


def test_what_was_typed_is_escaped_where_it_comes_back():
    html = render("{% field form.place %}", form=Notice({"place": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


def test_a_sort_head_says_its_order_and_asks_for_the_other():
    html = render(
        '{% sortform %}{% sorthead "due" "Due" %}{% sorthead "n" "N" "num" %}',
        get("/x?sort=due&field=a&page=3"),
    )
    assert (
        'aria-sort="ascending"><button class="sort" type="submit" form="sort" name="sort" value="-due"'
        in html
    )
    assert 'aria-sort="none" class="num"' in html
    assert '<input type="hidden" name="field" value="a">' in html
    assert "page" not in html


def test_the_pager_keeps_the_filters():
    html = render("{% pages page %}", get("/x?field=a&page=2"), page=Paginator(range(50), 20).page(2))
    assert "21–40 of 50" in html
    assert 'href="?field=a&amp;page=3"' in html
    assert 'href="?field=a&amp;page=1"' in html


def test_an_address_with_some_parameters_changed():
    assert (
        render('{% query status="open" page=None %}', get("/x?page=2&q=水")) == "?q=%E6%B0%B4&amp;status=open"
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(1204388, "1,204,388"), (-3, "−3"), (0, "0"), (None, "—"), (12.345, "12")]
)
def test_figures(value, shown):
    assert render("{{ v|figure }}", v=value) == shown


def test_a_code_breaks_after_its_own_signs_and_is_escaped():
    html = render("{{ v|breakable }}", v="he-langfang/ecology_bureau:<b>")
    assert html == "he-langfang/<wbr>ecology_<wbr>bureau:<wbr>&lt;b&gt;"


def test_made_up_things_say_so():
    assert ">示例条款</span>" in render('{% madeup "terms" %}', language="zh-hans")
    assert 'title="Made for this demonstration' in render("{% madeup %}")


def test_the_timeline_says_in_words_what_its_shapes_say():
    html = render(
        '{% include "parts/timeline.html" %}',
        entries=[{"when": "now", "text": "handed over", "kind": "border", "seal": 7, "url": "/ledger/7"}],
    )
    assert "Across a boundary:" in html
    assert '<a class="seal" href="/ledger/7">#7</a>' in html


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["400", "403", "404", "409"])
def test_error_pages_have_three_parts_and_a_number(name, language):
    with translation.override(language):
        html = render_to_string(f"{name}.html", {"number": "E-5021"}, get("/somewhere"))
    assert "E-5021" in html
    assert ("已保留：" in html) == (language == "zh-hans")
    assert ("What to do:" in html) == (language == "en")
    assert html.count("<h1") == 1


def test_the_page_of_a_fault_needs_nothing():
    html = Engine.get_default().get_template("500.html").render(Context())
    assert "<h1" in html
    assert 'href="/"' in html


def test_the_shell_shows_nothing_of_work_to_who_is_not_signed_in():
    with translation.override("en"):
        lines = [line.label for line in context.Shell(get("/agreements/")).work]
    assert "My office" not in lines
    assert "Agreements" in lines


def test_the_shell_marks_where_one_is_and_what_is_late(settings):
    settings.SHELL_COUNTS = "tongxin.site.tests.test_look_tags.some_counts"
    request = get("/ledger/")
    request.user = SimpleNamespace(is_authenticated=True)
    with translation.override("en"):
        lines = {line.label: line for line in context.Shell(request).work}
    assert lines["Ledger"].here
    assert not lines["Today"].here
    assert (lines["My office"].count, lines["My office"].hot) == (2, True)


def some_counts(request):
    return context.ShellCounts(office_open=9, office_overdue=2)


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-theme="dark"'), ("", ""), ('"><b>', "")])
def test_the_theme_is_rendered_by_the_server(cookie, attribute):
    html = render_to_string("404.html", {}, get("/", theme=cookie))
    assert f'<html lang="zh-Hans"{attribute}>' in html


def test_the_bundle_is_found_by_its_manifest(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(bundle, "MANIFEST", tmp_path / "manifest.json")
    monkeypatch.setattr(bundle, "_read", type(bundle._read)())
    assert bundle.tags("shell") == ""  # pages work without, and the log says why
    assert "not built" in caplog.text
    bundle.MANIFEST.write_text(
        '{"shell/shell.ts": {"file": "assets/s-1.js", "css": ["assets/s-1.css"], "imports": ["_x.js"]},'
        ' "_x.js": {"file": "assets/x-1.js", "css": ["assets/x-1.css"], "imports": ["shell/shell.ts"]}}',
        "utf-8",
    )
    html = bundle.tags("shell")
    assert html.count("<link") == 2
    assert '<script type="module" src="/static/bundle/assets/s-1.js"></script>' in html
    with pytest.raises(ValueError, match="no entry"):
        bundle.tags("nothing")

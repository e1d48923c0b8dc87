"""Lines of long tables name each thing in the reader's language, and whatever stands in a name stays text."""

from types import SimpleNamespace as Thing

from django.utils import translation

from tongxin.site.look import lines

BAODI = Thing(id="tj-baodi", short_zh="宝坻", short_en="Baodi")
WUQING = Thing(id="tj-wuqing", short_zh="武清", short_en="<b>Wuqing</b>")


def tie(**given):
    said = {
        "field": "ecology",
        "field_name": "Ecology & water",
        "bound": BAODI,
        "owed": WUQING,
        "count": 1234,
        "overdue": 0,
        "waiting": 2,
    }
    return Thing(**said | {"illustrative": False} | given)


def test_a_tie_is_one_line_in_the_readers_language():
    with translation.override("en"):
        html = lines.tie_lines([tie()], "<i>made up</i>")
    assert html.startswith('<tr><th scope="row">Baodi → &lt;b&gt;Wuqing&lt;/b&gt;</th>')
    assert '<span class="petal ecology"><span>Ecology &amp; water</span></span>' in html
    assert '<td class="num"><span class="col">Open duties</span>1234</td>' in html
    with translation.override("zh-hans"):
        assert "宝坻 → 武清" in lines.tie_lines([tie()], "")


def test_what_is_late_and_what_is_illustrative_says_so():
    html = lines.tie_lines([tie(overdue=3, illustrative=True)], "<i>made up</i>")
    assert html.startswith('<tr class="overdue">')
    assert "<i>made up</i></th>" in html


def test_the_region_adds_what_waits_for_a_decision():
    row = Thing(tie=tie(), conflicts=2, agenda=0, offices=("One & all", "Two"))
    with translation.override("en"):
        html = lines.region_lines([row], "")
    assert '<span class="col">Open duties</span>1,234</td>' in html
    assert '<span class="col">Conflicts of clauses</span>2</td>' in html
    assert "One &amp; all · Two</td></tr>" in html

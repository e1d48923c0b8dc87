"""The flower and the leaf show the share kept; names are in the reader's language or say that they are not."""

import re
from types import SimpleNamespace

import pytest
from django.utils import translation

from tongxin.site.look import marks, names


def test_a_petal_is_filled_from_the_heart_to_its_share():
    html = marks.flower([{"code": "transport", "share": 0.88}, {"code": "ecology", "share": 0}], "x-")
    assert re.findall(r'<circle r="([\d.]+)"/></clipPath>', html) == ["90.0", "17.0"]
    assert html.count('class="none"') == 5  # the fields without a clause are dashed
    assert 'aria-hidden="true"' in html


def test_two_flowers_on_a_page_share_no_id():
    petals = [{"code": "ecology", "share": 0.5}]
    ids = re.findall(r'id="([^"]+)"', marks.flower(petals, "f1-") + marks.flower(petals, "f2-"))
    assert len(ids) == len(set(ids)) == 2


def test_the_large_flower_names_what_it_shows():
    with translation.override("zh-hans"):
        html = marks.flower(
            [marks.PetalState("ecology", 0.71, today=6, overdue=1, url="/desk/?field=ecology")],
            "h",
            large=True,
            count=31,
        )
    assert '<a href="/desk/?field=ecology" aria-label="生态 · 守约71% · 今天6项，1项超时">' in html
    assert html.count("尚无条款") == 6
    assert ">31</text>" in html


@pytest.mark.parametrize(("share", "shown"), [(0.999, "99%"), (1, "100%"), (0.885, "88%"), (0, "0%")])
def test_a_hundred_per_cent_is_only_all(share, shown):
    assert marks.percent(share) == shown


def test_the_leaf_gives_no_percentage_under_five():
    with translation.override("en"):
        assert "<b>1 of 2</b>" in marks.leaf(0.5, 1, 2, "ecology", "m1")
        assert "<b>92%</b> 11 of 12" in marks.leaf(11 / 12, 11, 12, "ecology", "m2")
        assert "no duty yet" in marks.leaf(None, None, None, "", "m3")


def test_names_fall_back_to_the_other_language_and_say_so():
    both = SimpleNamespace(name_zh="武清区", name_en="Wuqing District")
    with translation.override("zh-hans"):
        assert names.named(both) == ("武清区", "zh")
        assert names.named_html({"zh": "", "en": "Wuqing"}) == '<span lang="en">Wuqing</span>'
        assert names.named(None) == ("—", "zh")
    with translation.override("en"):
        assert names.named_html(both) == "Wuqing District"
        assert names.named_html({"zh": "武清<区>", "en": ""}) == '<span lang="zh-Hans">武清&lt;区&gt;</span>'

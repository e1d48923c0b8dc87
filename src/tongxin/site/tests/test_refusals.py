"""What an error page gives back of what was typed."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation

from tongxin.site import refusals


@pytest.mark.parametrize(("language", "label"), [("en", "Remark"), ("zh-hans", "说明")])
def test_what_was_typed_comes_back_under_its_label_and_what_the_page_put_in_does_not(language, label):
    sent = {"return-remark": "x", "offer-epoch": "0", "offer-to_desk": "a/b", "offer": "1", "password": "p"}
    with translation.override(language):
        assert refusals._typed(RequestFactory().post("/", sent)) == [(label, "x")]


def test_a_name_without_a_label_keeps_what_was_typed():
    assert refusals._typed(RequestFactory().post("/", {"note": "y", "key": "k"})) == [("note", "y")]


def test_the_editors_fields_come_back_in_words_of_the_screen():
    sent = {"text": "a: 1", "file": "x.yaml", "edition": "0", "base": "a: 0", "do": "propose"}
    for language, labels in (("en", ("Text", "Name of the file")), ("zh-hans", ("文字", "文件名"))):
        with translation.override(language):
            typed = refusals._typed(RequestFactory().post("/", sent))
            assert typed == list(zip(labels, ("a: 1", "x.yaml"), strict=True))


def test_djangos_word_for_an_empty_field_is_as_brief_as_ours():
    with translation.override("zh-hans"):
        assert translation.gettext("This field is required.") == translation.gettext("This field is needed.")


def test_a_program_reads_a_refusal_in_characters():
    with translation.override("zh-hans"):
        answer = refusals.answer(RequestFactory().get("/api/v1/nothing"), refusals.plain(404))
    assert "未作任何改动" in answer.content.decode()

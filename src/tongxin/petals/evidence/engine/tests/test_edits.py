"""Edits invert exactly, and places map both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.petals.evidence.engine.charsets import decode
from tongxin.petals.evidence.engine.edits import Chain, Edit, Step, ordered


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, Step]:
    text = draw(st.text("天津北京ab12。，", min_size=1, max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8, unique=True)))
    edits = [
        Edit(a, text[a:b], draw(st.text("港x", max_size=3)), "rule")
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, Step(ordered(edits))


@given(edited())
def test_a_step_is_undone_exactly_and_maps_what_it_did_not_touch(made):
    text, step = made
    after = step.apply(text)
    assert step.undo(after) == text
    touched = {i for e in step.edits for i in range(e.start, e.end)}
    for place in range(len(text)):
        if place not in touched:
            assert after[step.forward(place)] == text[place]
            assert step.backward(step.forward(place)) == place


@given(edited())
def test_a_span_of_the_text_lies_in_its_span_of_the_raw(made):
    text, step = made
    chain = Chain([step])
    after = step.apply(text)
    for start in range(len(after)):
        a, b = chain.to_raw(start, start + 1)
        assert 0 <= a <= b <= len(text)
        if after[start] not in "港x":
            assert after[start] in text[a:b]


def test_a_chain_of_steps_is_undone_from_its_end():
    raw = "協(xié)議已簽"
    one = Step((Edit(1, "(xié)", "", "reading"),))
    two = Step((Edit(0, "協議", "协议", "traditional"), Edit(3, "簽", "签", "traditional")))
    chain = Chain([one, two])
    text = two.apply(one.apply(raw))
    assert text == "协议已签"
    assert chain.undo(text) == raw
    assert raw[slice(*chain.to_raw(0, 2))] == "協(xié)議"
    assert chain.from_raw(7, 8) == (2, 3)
    assert [(a, b) for _e, a, b in chain.in_raw()] == [(1, 6), (0, 7), (8, 9)]


def test_what_does_not_stand_there_is_not_replaced():
    with pytest.raises(ValueError, match="rule"):
        Step((Edit(0, "京", "津", "rule"),)).apply("津门")
    with pytest.raises(ValueError, match="overlap"):
        Step((Edit(0, "京津", "", "one"), Edit(1, "津", "", "two")))


@given(st.binary(max_size=200))
def test_no_byte_is_lost(data):
    from tongxin.petals.evidence.engine.limits import Unreadable

    try:
        decoded = decode(data)
    except Unreadable:
        return
    assert data.endswith(decoded.encoded())
    assert decoded.byte_at(len(decoded.text)) == len(data)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_places_among_code_points_and_bytes(charset):
    text = "今年前7个月，天津港吞吐量1.2亿吨，同比增长5%。\n" * 60
    data = text.encode(charset)
    decoded = decode(data)
    assert decoded.text == text
    for place in (0, 5, 511, 512, 700, len(text)):
        at = decoded.byte_at(place)
        assert decoded.place_at(at) == place
        assert len(data[:at].decode(charset)) == place

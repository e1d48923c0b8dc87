"""How figures are named: what is learned, how the best chain is found, and that the weights are those learned."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.petals.evidence.engine import name_kernels as kernels
from tongxin.petals.evidence.engine import name_learning, name_parts
from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.tables import HERE
from tongxin.petals.evidence.engine.tests.shared_data import folder, needs_texts

SCRIPT = Path(__file__).resolve().parents[6] / "tools" / "evidence_names.py"
LINES = [line for line in (HERE / name_learning.EXAMPLES).read_text("utf-8").splitlines() if line[:1] != "#"]
HERE_AND_NOW = Source("", "示例", "示例")


def alike(a: str, b: str) -> float:
    """Return twice the pairs of characters that two names share, over all they have."""
    x, y = ({name[i : i + 2] for i in range(len(name) - 1)} for name in (a, b))
    return 2 * len(x & y) / (len(x) + len(y))


@given(st.data())
def test_the_best_chain_is_the_best_of_all_chains(data: st.DataObject):
    """Beside it stands every chain there is, summed up one by one."""
    words = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=6))
    gains = data.draw(st.lists(st.integers(-9, 9), min_size=sum(words), max_size=sum(words)))
    change = data.draw(st.lists(st.integers(-5, 5), min_size=4, max_size=4))
    ids = np.arange(1, len(gains) + 1, dtype=np.int32).reshape(-1, 1)
    weights = np.zeros(kernels.SIZE, np.int16)
    weights[1 : len(gains) + 1] = gains
    begins = np.array([int(i == 0) for word in words for i in range(word)], np.uint8)

    def worth(labels: tuple[int, ...]) -> int:
        each = [label for label, word in zip(labels, words, strict=True) for _ in range(word)]
        kept = sum(gain for gain, label in zip(gains, each, strict=True) if label)
        return kept + sum(change[2 * a + b] for a, b in pairwise(labels))

    found = kernels.kept(ids, begins, weights, np.array(change, np.int16).reshape(2, 2))
    of_words = tuple(found[begins == 1].tolist())
    assert [label for label, word in zip(of_words, words, strict=True) for _ in range(word)] == found.tolist()
    assert worth(of_words) == max(map(worth, product((0, 1), repeat=len(words))))


def test_compiled_and_plain_kernels_give_the_same_features():
    for line in LINES[:40]:
        text, told = name_learning.marked(line)
        for example in name_learning.windows(text, HERE_AND_NOW, told):
            assert 0 <= example.ids.min() <= example.ids.max() < kernels.SIZE
            assert example.ids.shape == (len(example.wanted), kernels.FEATURES)
    sentence = "示例园区新签约项目35个"
    around = name_parts.windows([name_parts.Sentence(sentence, [], [], [])])
    at = np.array([9, 12, 0, 12, 0, 12, 0, 0, 12], np.int64)
    about = np.zeros(3, np.int64)
    with np.errstate(over="ignore"):
        plain = kernels.features.py_func(*around[:4], at, about)
    assert all(
        np.array_equal(a, b) for a, b in zip(plain, kernels.features(*around[:4], at, about), strict=True)
    )


def test_examples_are_marked_as_they_should_be():
    assert len(LINES) == len(set(LINES)) > 1000
    for line in LINES:
        text, told = name_learning.marked(line)
        assert told, line
        assert all(text[a:b].strip() and 2 <= len(name) <= 30 for a, b, name in told), line
    with pytest.raises(ValueError, match="a mark is not"):
        name_learning.marked("新签约项目⟦35个⟧。")


def test_names_of_sentences_that_were_not_learned():
    """Learned from a third of the sentences, others are named: more than half of the names share seven tenths with theirs."""
    by_line = [(line, name_learning.marked(line)) for line in LINES]
    seen = [
        e for _line, (text, told) in by_line[::3] for e in name_learning.windows(text, HERE_AND_NOW, told)
    ]
    model = name_learning.learned(seen, range(1, 2))
    right = count = 0
    for _line, (text, told) in by_line[1::15]:
        for example in name_learning.windows(text, HERE_AND_NOW, told):
            labels = kernels.kept(example.ids, example.begins, model.weights, model.change)
            both = int((labels & example.wanted).sum())
            right += 2 * both >= 0.7 * int(labels.sum() + example.wanted.sum())
            count += 1
    assert count > 200
    assert right / count >= 0.55


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("示例市已开通定制公交线路12条，推出40项改革举措。", ["开通定制公交线路条数", "改革举措项数"]),
        ("目前，200多家科研企业入驻。", ["入驻科研企业数"]),
        ("已有140项服务事项实现“一网通办”。", ["一网通办服务事项数"]),
        ("3个专家组正在现场协助指导。", ["专家组数"]),
        ("有关部门紧急下拨救灾资金3亿元。", ["下拨救灾资金"]),
        (
            "天津市城乡居民人均可支配收入分别增长5%和6%。",
            ["城镇居民人均可支配收入增幅", "农村居民人均可支配收入增幅"],
        ),
        (
            "天津市以不到全国1%的国土面积，创造了全国5%的经济总量。",
            ["国土面积占全国比重", "经济总量占全国比重"],
        ),
        ("天津市民营企业进出口总值100亿元，工业投资年均增长9%。", ["民营企业进出口总值", "工业投资年均增速"]),
        ("天津市3座城市地区生产总值过千亿元。", ["城市座数", "地区生产总值"]),
        ("累计完成清淤8700立方米，修复光缆60公里、线杆300个。", ["清淤量", "修复光缆里程", "修复线杆数"]),
        ("天津市空气质量优良天数280天，比上年增加12天。", ["空气质量优良天数"]),
        ("船舶、汽车、家电出口分别增长5%、7%和9%。", ["船舶出口增幅", "汽车出口增幅", "家电出口增幅"]),
        ("新签约项目35个，总投资120亿元。", ["新签约项目数", "新签约项目总投资"]),
        ("规模工业增加值、固定资产投资分别增长8.4%和7.0%。", ["规模工业增加值增幅", "固定资产投资增幅"]),
        ("投资1000万元以上项目20个。", ["投资1000万元以上项目数"]),
    ],
)
def test_an_indicator_is_named_by_its_object_and_what_is_measured(text: str, names: list[str]):
    found = [f.indicator for f in read_text(text)]
    assert len(found) == len(names)
    assert [alike(a, b) >= 0.5 for a, b in zip(found, names, strict=True)] == [True] * len(names), found


@needs_texts
def test_the_weights_are_those_learned_from_our_sentences_and_the_labels():
    done = subprocess.run(
        [sys.executable, SCRIPT, folder(), "--check"], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("\nthe same weights\n"), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("raw", "word", "named"),
    [
        ("示例區推動&&產業增加值增長8.6%。", "表示", False),
        ("示例區建成&&中心8個。", "平台", False),
        ("示例區&&企業120家。", "平台", False),
        # what stands around these makes them sure
        ("示例區新增公共服務&&項目12個。", "平台", True),
        ("示例區搭建創新&&18個。", "平台", True),
        ("示例區建成科技服務&&36個。", "平台", True),
    ],
)
def test_a_hidden_word_that_is_hardly_sure_is_no_part_of_a_name(raw: str, word: str, named: bool):
    (fact,) = read_text(raw)
    assert word in fact.quote
    assert (word in fact.indicator) is named

"""Which characters around a figure belong to its name: a chain of two labels over hashed features, compiled.

The model is a structured perceptron (Collins 2002) with averaged weights: each character between two clauses before the
figure and the end of its clause is kept or left; a character's score is the sum of the weights of its features, a pair
of neighbours adds the weight of its change. The best chain is found by Viterbi's algorithm. Integers decide the hashes
and doubles the sums, both in a fixed order: the same weights give the same names on every machine.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Steps = NDArray[np.int16]  # weights in whole steps

SIZE = 1 << 18  # places in the table of weights
FEATURES = 30
# Marks of a character
PLACE, RELATIVE, FIGURE, BORDER, VERB, OF, LISTED, ENDS, LEFT_OUT = (1 << n for n in range(9))
BACK, FORTH = 56, 36  # so many characters before and behind a figure are looked at
FAR, NEAR, BEHIND, BEFORE, AFTER, BEYOND, NUMBER = 0, 1, 2, 3, 4, 5, 6  # where it stands
EDGE = 2  # stands for what lies outside the window; 0 is a character of another figure, 1 the figure itself


@njit(cache=True, nogil=True)
def _hash(t: int, a: int, b: int, c: int) -> int:
    h = np.uint64(t + 1) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(a + 1) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= np.uint64(b + 1) * np.uint64(0x165667B19E3779F9) ^ np.uint64(c + 1) * np.uint64(0xD6E8FEB86659FD93)
    h = (h ^ (h >> np.uint64(29))) * np.uint64(0xFF51AFD7ED558CCD)
    return int((h >> np.uint64(40)) & np.uint64(SIZE - 1))


@njit(cache=True, nogil=True)
def _steps(distance: int) -> int:
    for step, reach in enumerate((1, 2, 4, 8, 14, 24)):
        if distance <= reach:
            return step
    return 6


@njit(cache=True, nogil=True)
def marked(chars: Ints, table: Ints, pairs: Ints, spans: Ints, figures: Ints) -> Ints:
    """Return the marks of each character, and make any digit a 0.

    `table`: marks of the characters of the first plane; `pairs`: (pairs, 2), two characters that begin a verb; `spans`:
    (spans, 3), start, end and mark; `figures`: as for `around`.
    """
    n = chars.shape[0]
    marks = np.zeros(n, np.int64)
    for i in range(n):
        c = chars[i]
        if 48 <= c <= 57:
            chars[i] = 48
        marks[i] = table[min(c, 0xFFFF)]
        for k in range(pairs.shape[0]):
            if pairs[k, 0] == c and i + 1 < n and pairs[k, 1] == chars[i + 1]:
                marks[i] |= VERB
    for s in range(spans.shape[0]):
        for i in range(spans[s, 0], spans[s, 1]):
            marks[i] |= spans[s, 2]
    for q in range(figures.shape[0]):
        for i in range(figures[q, 0], figures[q, 1]):
            marks[i] |= FIGURE
    return marks


@njit(cache=True, nogil=True)
def _kind(c: int) -> int:
    return 1 if 48 <= c <= 57 else 2 if 65 <= c <= 90 or 97 <= c <= 122 else 0


@njit(cache=True, nogil=True)
def words(chars: Ints, found: Ints) -> tuple[Ints, Ints]:
    """Return the word of each character, counted from 1, then numbers for the words, with EDGE at both ends.

    `found`: start and end of known words, (words, 2); what stands between them is digits, letters, single characters.
    """
    n = chars.shape[0]
    word_of, numbers = np.zeros(n, np.int64), np.full(n + 2, EDGE, np.int64)
    count = i = f = 0
    while i < n:
        count += 1
        kind = _kind(chars[i])
        end = i + 1
        if f < found.shape[0] and found[f, 0] == i:
            end = found[f, 1]
            f += 1
        elif kind:
            while end < n and _kind(chars[end]) == kind:
                end += 1
        number = kind
        for j in range(i, end):
            word_of[j] = count
            number = number if kind == 1 else (number * 1000003 ^ chars[j]) & 0xFFFFFFFF
        numbers[count] = number
        i = end
    return word_of, numbers[: count + 2]


@njit(cache=True, nogil=True)
def around(marks: Ints, figures: Ints) -> Ints:
    """Return for each figure what `features` wants to know of where it stands.

    `figures`: (figures, 7), start and end of the figure, of its clause, the start of its sentence, and which figures
    are of this sentence.
    """
    at = np.zeros((figures.shape[0], 9), np.int64)
    for q in range(figures.shape[0]):
        start, end, low, high, sentence, one, beyond = figures[q]
        last = max(end, min(high, end + FORTH))
        left, right = low, last
        for other in range(one, beyond):
            if figures[other, 1] <= start:
                left = max(left, figures[other, 1])
            if figures[other, 0] >= end:
                right = min(right, figures[other, 0])
        near = first = sentence
        found = 0
        for i in range(low - 2, sentence - 1, -1):
            if marks[i] & ENDS:
                found += 1
                if found == 1:
                    near = i + 1
                else:
                    first = i + 1
                    break
        at[q, 0], at[q, 1], at[q, 2], at[q, 3], at[q, 4] = start, end, low, high, left
        at[q, 5], at[q, 6], at[q, 7], at[q, 8] = right, near, max(first, start - BACK), last
    return at


@njit(cache=True, nogil=True)
def features(
    chars: Ints, marks: Ints, word_of: Ints, words: Ints, at: Ints, about: Ints
) -> tuple[Ids, Bytes]:
    """Return the ids of the features of each place of a window, (places, FEATURES), and 1 where a word begins.

    `chars` and `marks` are those of sentences one behind the other: code points, and the marks above; `word_of` says
    which word each stands in, counted from 1; `words` are numbers for the words, with EDGE at both ends. `at` holds the
    figure's start and end, its clause's start and end, the end of the figure before and the start of the next in this
    clause, the start of the clause before and the window's start and end; `about` its kind, unit and role as numbers.
    The figure itself is one place, of NUMBER.
    """
    start, end, low, _high, left, right, near, first, last = at
    kind, unit, role = about
    n = start - first + 1 + last - end
    code = np.zeros(n, np.int64)
    where = np.zeros(n, np.int64)
    word = np.zeros(n, np.int64)
    begins = np.zeros(n, np.uint8)
    begins[start - first] = 1
    begins[0] = 1
    if start - first + 1 < n:
        begins[start - first + 1] = 1
    dist = np.zeros(n, np.int64)
    flag = np.zeros(n, np.int64)
    fill = min(3, (start - left) // 3) * 4 + min(3, (right - end) // 3)
    for side in range(2):
        of, listed, verb = False, False, False
        for step in range(start - first if side == 0 else last - end):
            i = start - 1 - step if side == 0 else end + step
            j = i - first if side == 0 else start - first + 1 + step
            mark = marks[i]
            word[j] = word_of[i]
            if i == first or word_of[i] != word_of[i - 1]:
                begins[j] = 1
            code[j] = 0 if mark & FIGURE else chars[i]
            if side:
                where[j] = AFTER if i < right else BEYOND
            elif i >= low:
                where[j] = BEFORE if i >= left else BEHIND
            else:
                where[j] = NEAR if i >= near else FAR
            dist[j] = _steps(step + 1)
            border = (marks[i - 1] & BORDER > 0) + 2 * (i + 1 < marks.shape[0] and marks[i + 1] & BORDER > 0)
            flag[j] = (mark & 3) | of << 2 | listed << 3 | verb << 4 | border << 5
            of = of or mark & OF > 0
            listed = listed or mark & LISTED > 0
            verb = verb or mark & VERB > 0
    code[start - first] = 1
    where[start - first] = NUMBER
    ids = np.zeros((n, FEATURES), np.int32)
    for i in range(n):
        c = code[i]
        b1 = code[i - 1] if i > 0 else EDGE
        b2 = code[i - 2] if i > 1 else EDGE
        a1 = code[i + 1] if i + 1 < n else EDGE
        a2 = code[i + 2] if i + 2 < n else EDGE
        r, d, f = where[i], dist[i], flag[i]
        s = 0 if r <= BEFORE else 1
        at_word = word[i]
        w = words[at_word]
        wb = words[max(at_word - 1, 0)]
        next_word = at_word + 1 if at_word else 0
        wa = words[next_word]
        asked = (
            (r, 0, 0), (r, d, 0), (c, 0, 0), (c, r, 0), (b1, c, a1), (b2, b1, c), (c, a1, a2), (b1, s, 0),
            (a1, s, 0), (b2, b1, 0), (a1, a2, 0), (r, kind, 0), (r, kind, d), (r, role, kind), (r, unit, 0),
            (r, f & 3, kind), (r, f >> 2 & 1, f >> 3 & 1), (r, f >> 4 & 1, 0), (r, fill, 0), (r, fill, d),
            (c, unit, s), (b1, c, unit), (c, a1, unit), (f >> 5 & 3, r, 0), (f >> 5 & 3, r, kind), (w, 0, 0),
            (w, r, 0), (wb, w, s), (w, wa, s), (w, unit, s),         )  # fmt: skip
        for k, (x, y, z) in enumerate(asked):
            ids[i, k] = _hash(k, x, y, z)
    return ids, begins


@njit(cache=True, nogil=True)
def kept(ids: Ids, begins: Bytes, weights: Floats | Steps, change: Floats | Steps) -> Bytes:
    """Return the best chain of labels, 1 for kept; within a word they are the same.

    `weights`: (SIZE,); `change`: (2, 2), from label to label where a word begins.
    """
    n = ids.shape[0]
    best = np.zeros((n, 2))
    back = np.zeros((n, 2), np.uint8)
    for i in range(n):
        gain = 0.0
        for k in range(ids.shape[1]):
            gain += weights[ids[i, k]]
        for y in range(2):
            if i:
                if begins[i]:
                    zero, one = best[i - 1, 0] + change[0, y], best[i - 1, 1] + change[1, y]
                    best[i, y] = max(zero, one)
                    back[i, y] = 1 if one > zero else 0
                else:
                    best[i, y] = best[i - 1, y]
                    back[i, y] = y
            best[i, y] += gain if y else 0.0
    labels = np.zeros(n, np.uint8)
    y = 1 if n and best[n - 1, 1] > best[n - 1, 0] else 0
    for j in range(n):
        labels[n - 1 - j] = y
        y = back[n - 1 - j, y]
    return labels


@njit(cache=True, nogil=True)
def chains(
    chars: Ints,
    marks: Ints,
    word_of: Ints,
    words: Ints,
    at: Ints,
    about: Ints,
    weights: Steps,
    change: Steps,
) -> tuple[Ints, Ints]:
    """Return the places that are kept for the figures, one figure's behind the other's, and where each one's end.

    at: (figures, 9), about: (figures, 3), as `features` wants them of one figure.
    """
    found = np.zeros(at.shape[0] * (BACK + FORTH), np.int64)
    ends = np.zeros(at.shape[0], np.int64)
    total = 0
    for q in range(at.shape[0]):
        ids, begins = features(chars, marks, word_of, words, at[q], about[q])
        labels = kept(ids, begins, weights, change)
        start, end, first = at[q, 0], at[q, 1], at[q, 7]
        for j in range(labels.shape[0]):
            i = first + j
            if i == start:
                continue
            if i > start:
                i += end - start - 1
            if labels[j] and not marks[i] & LEFT_OUT:
                found[total] = i
                total += 1
        ends[q] = total
    return found[:total], ends


@njit(cache=True)
def fit(
    ids: Ids, begins: Bytes, wanted: Bytes, bounds: Ints, epochs: int, seed: int
) -> tuple[Floats, Floats]:
    """Learn weights and changes from windows one behind the other: window q lies in bounds[q]..bounds[q + 1].

    ids: (places, FEATURES); begins, wanted: (places,), 1 where a word begins, and for kept. Returns averages over all
    steps.
    """
    count = bounds.shape[0] - 1
    weights, sums = np.zeros(SIZE), np.zeros(SIZE)
    change, change_sums = np.zeros((2, 2)), np.zeros((2, 2))
    np.random.seed(seed)
    order = np.arange(count)
    step = 0.0
    for _ in range(epochs):
        np.random.shuffle(order)
        for q in order:
            step += 1.0
            a, b = bounds[q], bounds[q + 1]
            found = kept(ids[a:b], begins[a:b], weights, change)
            for i in range(b - a):
                told, want = found[i], wanted[a + i]
                if told != want:
                    by = 1.0 if want else -1.0
                    for k in range(ids.shape[1]):
                        weights[ids[a + i, k]] += by
                        sums[ids[a + i, k]] += by * step
                if i and begins[a + i] and (told != want or found[i - 1] != wanted[a + i - 1]):
                    change[wanted[a + i - 1], want] += 1.0
                    change_sums[wanted[a + i - 1], want] += step
                    change[found[i - 1], told] -= 1.0
                    change_sums[found[i - 1], told] -= step
    return weights - sums / step, change - change_sums / step

"""Finding names by a few of their letters, quickly enough for every key press.

A name fits when it holds the letters of each word of the query in their order. Runs of letters
count more than scattered ones, beginnings of words more than their middles, short names more than
long ones.
"""

from __future__ import annotations

import heapq
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEPARATORS = frozenset(" _-./\\:()[]+,")
_START, _WORD_RUN, _RUN = 400, 300, 200
"""Worth of a run at the start of the name, at the start of a word, and anywhere else."""


class Match(NamedTuple):
    """A name that fits.

    Attributes:
        order: Its place among the names that were searched, from 0.
        name: As it was given.
        score: Higher is better; comparable within one search only.
        positions: Indices of the letters that fit, ascending, for marking them.
    """

    order: int
    name: str
    score: int
    positions: tuple[int, ...]


class Names:
    """Names to be searched again and again."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: Sequence[str] = tuple(names)
        self._lower = tuple(map(_lower, self.names))

    def search(self, query: str, limit: int = 200) -> list[Match]:
        """The best matches, best first; equals in the order of the names.

        Args:
            query: Words, each to be found; upper and lower case are alike. An empty one fits all.
            limit: How many are wanted at most.
        """
        terms = [_Term(word) for word in _lower(query[:200]).split()]
        if not terms:
            return [Match(index, name, 0, ()) for index, name in enumerate(self.names[:limit])]
        scored = []
        for index, name in enumerate(self._lower):
            total = 0
            for term in terms:
                score = term.score(name)
                if score is None:
                    break
                total += score
            else:
                scored.append((total - len(name), -index))
        best = heapq.nlargest(limit, scored)
        return [self._match(-order, score, terms) for score, order in best]

    def _match(self, index: int, score: int, terms: list[_Term]) -> Match:
        lower = self._lower[index]
        places = {place for term in terms for place in term.positions(lower)}
        return Match(index, self.names[index], score, tuple(sorted(places)))


class _Term:
    """One word of a query."""

    def __init__(self, word: str) -> None:
        self._word = word
        first, others = word[0], word[1:]
        # Each gap stops at the first letter that fits: one way through a name, linear in its length.
        self._scattered = re.compile(
            f"[^{re.escape(first)}]*({re.escape(first)})"
            + "".join(f"[^{re.escape(char)}]*{re.escape(char)}" for char in others),
            re.DOTALL,
        ).match

    def score(self, name: str) -> int | None:
        """How well the word fits a lower-case name; `None` when it does not."""
        at = name.find(self._word)
        if at == 0:
            return _START
        if at > 0:
            return (_WORD_RUN if self._word_start(name, at) >= 0 else _RUN) - min(at, 50)
        found = self._scattered(name)
        if found is None:
            return None
        begin = found.start(1)
        bonus = 20 if begin == 0 or name[begin - 1] in _SEPARATORS else 0
        return bonus - 2 * (found.end() - begin - len(self._word)) - min(begin, 20)

    def _word_start(self, name: str, at: int) -> int:
        """Where the word stands at the start of a word of `name`, from `at` on; -1 when nowhere."""
        while at >= 0:
            if at == 0 or name[at - 1] in _SEPARATORS:
                return at
            at = name.find(self._word, at + 1)
        return -1

    def positions(self, name: str) -> list[int]:
        """Where the letters of the word stand in a name that it fits."""
        at = name.find(self._word)
        if at >= 0:
            better = self._word_start(name, at)
            at = better if better >= 0 else at
            return list(range(at, at + len(self._word)))
        found = self._scattered(name)
        end = found.end() if found else 0
        places = []
        for char in reversed(self._word):
            # From the end backwards the letters lie closest together.
            end = name.rfind(char, 0, end)
            places.append(end)
        return places[::-1]


def _lower(name: str) -> str:
    """`name` in lower case, letter for letter, so that positions stay true."""
    lower = name.lower()
    if len(lower) == len(name):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in name)

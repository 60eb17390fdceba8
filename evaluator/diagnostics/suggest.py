"""What somebody may have meant: the nearest of the names that are legal at a place.

One function and one threshold for the whole program. Names that differ only in case or
in how their words are joined are certain (`unixSockGroup`, `unix_sock_group`) and stand
alone; otherwise it is those within a few slips of the keys, two swapped letters being one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


SHORT = 4
# Beyond that nobody has missed a key, and counting slips takes the square of the length.
LONG = 200


def nearest(word: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """At most `limit` candidates, best first; ties in alphabetical order.

    A candidate counts when it is at most `max(2, len(word) / 3)` slips away (one, for words
    of up to four letters: `root` is no `sort`) and keeps at least one character of the word.
    The word itself is never suggested.
    """
    names = sorted(set(candidates) - {word})
    joined = _joined(word)
    certain = [name for name in names if _joined(name) == joined]
    if certain or len(word) > LONG:
        return certain[:limit]
    return _within_slips(word, names, limit)


def akin(word: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """At most `limit` candidates that have all words of the word in them, or the other way round.

    For names of which somebody knows a part: `ports` is in `port-number`, `clients` in
    `max-clients`, a plural being no difference. Those with the fewest other words come
    first, and those that begin with it.
    """
    wanted = _words(word)
    found: list[tuple[int, bool, str]] = []
    for candidate in set(candidates) - {word}:
        other = _words(candidate)
        if wanted and other and (wanted <= other or other <= wanted):
            begins = candidate.startswith(word.removesuffix("s"))
            found.append((len(wanted ^ other), not begins, candidate))
    found.sort()
    return [candidate for *_, candidate in found[:limit]]


def _within_slips(word: str, names: list[str], limit: int) -> list[str]:
    found: list[tuple[int, str]] = []
    folded = _folded(word)
    slips = max(2, len(word) // 3) if len(word) > SHORT else 1
    letters = _count(folded)
    for candidate in names:
        other = _folded(candidate)
        allowed = min(slips, max(len(folded), len(other)) - 1)
        if abs(len(other) - len(folded)) > allowed or _lacking(letters, other) > allowed:
            continue
        away = distance(folded, other, allowed)
        if away <= allowed:
            found.append((away, candidate))
            if len(found) > limit:
                found.sort()
                found.pop()
                slips = found[-1][0]
    found.sort()
    return [candidate for _, candidate in found[:limit]]


def distance(left: str, right: str, most: int) -> int:
    """Slips between two words: insert, drop or change a letter, swap two neighbors.

    Counting stops beyond `most`; then any number above `most` is returned.
    """
    beyond = most + 1
    if abs(len(left) - len(right)) > most:
        return beyond
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        earlier, before = before, row
        # Further from the diagonal than `most` it takes more slips than that.
        low, high = max(1, i - most), min(len(right), i + most)
        row = [beyond] * (len(right) + 1)
        row[0] = i
        for j in range(low, high + 1):
            other = right[j - 1]
            if letter == other:
                row[j] = before[j - 1]
                continue
            best = 1 + min(before[j - 1], before[j], row[j - 1])
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, earlier[j - 2] + 1)
            row[j] = best
        if min(row) > most and min(before) > most:
            return beyond
    return row[-1]


def _joined(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")


def _words(name: str) -> set[str]:
    """The words of a name, each as if it were one thing; empty ones left out."""
    return {part.removesuffix("s") for part in _folded(name).split("-") if part not in ("", "s")}


def _count(word: str) -> dict[str, int]:
    count: dict[str, int] = {}
    for letter in word:
        count[letter] = count.get(letter, 0) + 1
    return count


def _lacking(letters: dict[str, int], word: str) -> int:
    """Letters that one word has and the other lacks, the larger side: a lower bound."""
    left = letters.copy()
    surplus = 0
    for letter in word:
        if left.get(letter, 0) > 0:
            left[letter] -= 1
        else:
            surplus += 1
    return max(surplus, sum(left.values()))

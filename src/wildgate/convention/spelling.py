"""Scientific names that may be one: near a misspelt one, letters apart, an epithet without its gender."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence


def stem(name: str) -> str:
    """The last epithet without its gender: -us, -a and -um are one word to a botanist."""
    return re.sub(r"(us|a|um|is|e|er)$", "", name.split()[-1])


def apart(one: str, other: str, reach: int) -> bool:
    """Are two words at most `reach` letters apart (Levenshtein)?"""
    if abs(len(one) - len(other)) > reach:
        return False
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1] <= reach


def near(name: str, vocabulary: Sequence[str], genera: Collection[str], limit: int) -> tuple[str, ...]:
    """Names of the vocabulary near a misspelt one."""
    words = name.strip().capitalize().split()
    if not words:
        return ()
    if words[0] in genera and len(words) > 1:
        within = [n for n in vocabulary if n.startswith(words[0] + " ")]
        if found := difflib.get_close_matches(" ".join(words[:2]), within, limit, 0.6):
            return tuple(found)
    found = difflib.get_close_matches(" ".join(words[:2]), vocabulary, limit, 0.75)
    if not found:
        found = difflib.get_close_matches(words[0], list(genera), limit, 0.75)
    return tuple(found)

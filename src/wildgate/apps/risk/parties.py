"""Names of firms: made plain so that spellings agree, turned into keys for the history, compared with watch lists."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.utils.crypto import salted_hmac
from rapidfuzz import fuzz

from wildgate.targeting.consignment import Trader

LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "aps", "asa", "bhd", "bv", "bvba", "co", "company", "corp", "corporation", "cv", "eirl",
    "etablissements", "ets", "eurl", "gie", "gmbh", "group", "holding", "inc", "incorporated", "jsc", "kg", "kk",
    "lda", "limited", "limitada", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oao", "ohg", "ooo", "oy", "oyj",
    "pao", "plc", "pt", "pte", "pty", "pvt", "private", "sa", "sab", "sac", "sarl", "sas", "sdn", "srl", "srls",
    "spa", "tbk", "zao",
})
"""Words that say what kind of firm it is; they tell no two firms apart."""
_LATIN = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ŋ": "ng",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "і": "i", "ї": "i", "є": "ie", "ґ": "g",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d",
    "ذ": "dh", "ر": "r", "ز": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh",
    "ف": "f", "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "ة": "a", "و": "w", "ي": "y", "ى": "a",
    "ء": "", "ئ": "y", "ؤ": "w"})
_WORD = re.compile(r"[^\W_]+")
SHORTEST = 4
"""A plain name with fewer letters is compared letter for letter: everything is like it."""


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The name in Latin letters without accents, points and legal forms, its words in order of the alphabet."""
    letters = unicodedata.normalize("NFKD", name[:200].casefold()).translate(_LATIN)
    bare = "".join(each for each in letters if not unicodedata.combining(each)).translate(_LATIN)
    joined = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", bare.replace("'", "").replace("’", ""))
    words = _WORD.findall(joined)
    return " ".join(sorted({word for word in words if word not in LEGAL_FORMS} or set(words)))


def key_of(trader: Trader) -> str:
    """The firm in the history: a keyed hash of its customs number, else of its plain name and country."""
    said = f"number:{trader.country}:{trader.identifier}" if trader.identifier else ""
    if not said and (plain := plain_name(trader.name)):
        said = f"name:{trader.country}:{plain}"
    return _hashed(said)


def address_key(trader: Trader) -> str:
    """The address in the history: a keyed hash of its words and numbers in any order."""
    plain = plain_name(trader.address)
    return _hashed(f"address:{trader.country}:{plain}" if len(plain) > 8 else "")


def likeness(plain: str, other: str) -> int:
    """How alike two plain names are, 0 to 100: words in any order, and one more or less counts little."""
    if not plain or not other:
        return 0
    if min(len(plain), len(other)) < SHORTEST:
        return 100 if plain == other else 0
    short = min(len(plain.split()), len(other.split()))
    whole = fuzz.token_sort_ratio(plain, other)
    part = fuzz.token_set_ratio(plain, other) - 5 if short > 1 else 0
    return round(max(whole, part))


def _hashed(said: str) -> str:
    return salted_hmac("wildgate.risk.party", said, algorithm="sha256").hexdigest()[:32] if said else ""

"""The language of a listing, told by its script and its smallest words; for the scope of a model, never as a filter."""

from __future__ import annotations

import re
from typing import Final

from wildgate.screening.normalise import fold_words

SCRIPTS: Final = (("ja", "[぀-ヿ]"), ("ko", "[가-힯]"), ("zh", "[一-鿿]"), ("th", "[฀-๿]"),
                  ("ru", "[Ѐ-ӿ]"), ("ar", "[؀-ۿ]"), ("hi", "[ऀ-ॿ]"))
SMALL_WORDS: Final = {
    "en": "the and for with of is in to sale this are you from very real",
    "fr": "le la les des et pour avec une est vente du en",
    "es": "el los las y para con una es venta del en muy de", "de": "der die das und für mit ein ist zu verkaufen von",
    "pt": "o os as e para com uma venda do da em muito", "it": "il gli e per con una vendita del di molto",
    "nl": "de het een en voor met van te koop", "id": "yang dan untuk dengan jual ini dari asli",
    "vi": "ban cua va cho voi",
}
ENOUGH: Final = 12
UNKNOWN: Final = "und"
_scripts: Final = [(code, re.compile(letters)) for code, letters in SCRIPTS]
_words: Final = {code: frozenset(words.split()) for code, words in SMALL_WORDS.items()}


def language_of(text: str) -> str:
    """ISO 639-1 code, `und` where nothing tells."""
    text = text[:2_000]
    for code, letters in _scripts:
        if len(letters.findall(text)) * ENOUGH > len(text):
            return code
    words = fold_words(text)
    counts = {code: sum(word in small for word in words) for code, small in _words.items()}
    best = max(counts, key=lambda code: counts[code])
    second = max(count for code, count in counts.items() if code != best)
    return best if counts[best] > second else UNKNOWN

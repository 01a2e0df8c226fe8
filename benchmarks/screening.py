"""`screen.titles`, `screen.listings`: texts a second through normalising and matching, in one process.

Ours undoes disguises and slips of the pen on the way; the peers look for the same patterns in small letters only.
The names are made up, as many as a large import brings; every text is made by rule, so that each run reads the same.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from functools import cache
from itertools import product

import ahocorasick

from benchmarks.measure import Peer, Result
from wildgate.screening.gazetteer import Gazetteer
from wildgate.screening.words import common_words

TITLES, LISTINGS = 10_000, 2_500
"""Targets for one of two cores: 20,000 and 5,000 on both."""
COLOURS = (
    "ashy", "banded", "barred", "bearded", "black", "bronze", "brown", "buff", "chestnut", "collared", "crested",
    "crimson", "dusky", "eared", "fiery", "golden", "green", "grey", "hooded", "horned", "imperial", "ivory",
    "jade", "lesser", "little", "masked", "mottled", "northern", "ochre", "olive", "pale", "pied", "plain", "pygmy",
    "red", "ringed", "royal", "rufous", "russet", "scarlet", "silver", "slaty", "southern", "speckled", "spotted",
    "striped", "tawny", "violet", "white", "yellow",
)
PLACES = (
    "abyssinian", "amazonian", "andean", "arabian", "bornean", "brazilian", "bolivian", "caucasian", "chilean",
    "colombian", "congo", "cuban", "egyptian", "formosan", "guianan", "haitian", "himalayan", "javan", "kenyan",
    "madagascan", "malayan", "mexican", "moluccan", "nepalese", "nigerian", "papuan", "peruvian", "philippine",
    "siamese", "sumatran",
)
BEINGS = (
    "adder", "babbler", "boa", "bulbul", "bustard", "chameleon", "cobra", "coral", "cockatoo", "crane", "curassow",
    "falcon", "gecko", "gibbon", "harrier", "hornbill", "iguana", "kestrel", "lemur", "lizard", "lorikeet", "macaw",
    "monitor", "orchid", "otter", "owl", "parrot", "pitta", "python", "skink", "sparrowhawk", "tanager", "terrapin",
    "tortoise", "toucan", "trogon", "turaco", "viper", "warbler", "weaver",
)


@cache
def names() -> list[tuple[str, str]]:
    """57,600 names of a made-up import."""
    return [(f"{colour} {place} {being}", "Pythonidae") for colour, place, being in product(COLOURS, PLACES, BEINGS)]


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer.with_names(names())


def texts(size: int, seed: int, count: int) -> list[str]:
    """Texts of about `size` signs: everyday and unknown words, a name in every third, hidden in every twelfth."""
    chance = random.Random(seed * 10_000 + size)
    everyday, named = sorted(common_words()), names()
    made = []
    for place in range(count):
        words: list[str] = []
        while sum(map(len, words)) + len(words) < size:
            if chance.random() < 0.08:
                words.append("".join(chance.choices("abcdeghilmnoprstu", k=chance.randint(4, 9))))
            else:
                words.append(chance.choice(everyday))
        if place % 3 == 0:
            said = chance.choice(named)[0]
            hidden = said.replace("a", "4").replace("e", "3") if place % 12 == 0 else said.title()
            words[len(words) // 2:len(words) // 2 + 3] = [hidden]
        made.append(" ".join(words).capitalize()[:size])
    return made


def unseen(work: Callable[[str], object], batches: list[list[str]]) -> float:
    """Texts a second of processor time; no text comes twice, so nothing is remembered from the last round. The best."""
    best = 0.0
    for batch in batches:
        began = time.process_time()
        for text in batch:
            work(text)
        best = max(best, len(batch) / (time.process_time() - began))
    return best


def measured(name: str, size: int, count: int, target: int) -> Result:
    ours = gazetteer()
    forms = [f" {form} " for form in ours.forms()]
    batches = [texts(size, seed, count) for seed in range(1, 7)]
    value = unseen(ours.find, batches)
    theirs = ahocorasick.Automaton()
    for form in forms:
        theirs.add_word(form, form)
    theirs.make_automaton()
    pattern = re.compile("|".join(map(re.escape, forms)))
    beside = unseen(lambda text: list(theirs.iter(f" {text.lower()} ")), batches)
    plain = unseen(lambda text: pattern.findall(f" {text.lower()} "), [batches[0][:2]])
    return Result(name, value, "1/s", (Peer("target for one of two cores", target, "1/s"),
                                       Peer("pyahocorasick, matching alone", beside, "1/s"),
                                       Peer("one regular expression", plain, "1/s")), {"patterns": len(ours)})


def titles() -> Result:
    return measured("screen.titles", 70, 2_000, TITLES)


def listings() -> Result:
    return measured("screen.listings", 1_000, 300, LISTINGS)


BENCHES = {"screen.titles": titles, "screen.listings": listings}

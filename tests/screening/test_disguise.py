"""Names that somebody hid are found; words that only look like names are left alone."""

from __future__ import annotations

import csv
import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from wildgate.screening.gazetteer import Found, Gazetteer
from wildgate.screening.names_file import NamesFile
from wildgate.screening.spelling import Spelling, one_slip

NAMES = [("Semi-collared Sparrowhawk", "Accipiter collaris"), ("Slipper Coral", "Herpolitha limax"),
         ("Tree Shrew", "Tupaiidae"), ("All", "Gadus morhua"), ("Asiatic black bear", "Ursus thibetanus")]
TARGETS = {"clean": 0.98, "upper/accents": 0.98, "zero-width": 0.98, "fullwidth": 0.98, "homoglyph": 0.98,
           "spaced": 0.98, "joined/hashtag": 0.98, "dots": 0.98, "leet": 0.95, "stars": 0.85, "one edit": 0.88,
           "two edits": 0.45}
KINDS = len(TARGETS)


@cache
def few() -> Gazetteer:
    return Gazetteer.with_names(NAMES, base=())


def named(text: str) -> list[Found]:
    return [each for each in few().find(text) if each.taxa and each.sure]


@pytest.mark.parametrize(("text", "how", "quoted"), [
    ("rare Semi-Collared SPARROWHAWK", "plain", "Semi-Collared SPARROWHAWK"),
    ("rare 53m1-c0ll4r3d 5p4rr0wh4wk", "leet", "53m1-c0ll4r3d 5p4rr0wh4wk"),
    ("for sale s l i p p e r c o r a l ok", "spaced", "s l i p p e r c o r a l"),
    ("SELL s.l.i.p.p.e.r.c.o.r.a.l cheap", "spaced", "s.l.i.p.p.e.r.c.o.r.a.l"),
    ("rare #slippercoral worldwide", "joined", "slippercoral"),
    ("rare s**pper coral worldwide", "stars", "s**pper coral"),
    ("rare slpiper coral worldwide", "edit", "slpiper coral"),
    ("rare semi-colared sparowhawk here", "edits", "semi-colared sparowhawk"),
    ("asiaticblack bear skin", "edit", "asiaticblack bear"),
])
def test_what_hid_the_name_is_told_and_quoted(text: str, how: str, quoted: str) -> None:
    assert [(each.how, each.text) for each in named(text)] == [(how, quoted)]


@pytest.mark.parametrize("text", [
    "all of it must go", "a slip of coral paper", "t e s t i n g 1 2 3", "www.a.b.c.d", "5*5*5 cm", "", "*" * 500,
    "a " * 5_000, "1" * 3_000,
])
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert named(text) == []


def test_every_word_one_slip_away_is_found_and_no_other() -> None:
    chance = random.Random(3)
    words = {"".join(chance.choices("abc", k=chance.randint(3, 9))) for _ in range(1_500)}
    spelling = Spelling(words)

    for _ in range(400):
        asked = "".join(chance.choices("abc", k=chance.randint(4, 9)))
        found = {each for each, _ in spelling.near(asked)} - {asked}
        assert found == {each for each in words if len(each) > 3 and one_slip(asked, each)}, asked


def test_two_words_run_together_are_parted_at_any_place() -> None:
    pairs = [("ox", "bow"), ("tiger", "skin"), ("python", "skin")]
    spelling = Spelling([word for pair in pairs for word in pair], pairs)

    asked = {"oxxbow": "ox bow", "tigerskin": "tiger skin", "pythonxskin": "python skin"}
    assert {word: dict(spelling.near(word)).get(meant) for word, meant in asked.items()} == dict.fromkeys(asked, 1)


def test_two_spellings_of_one_name_share_their_taxa() -> None:
    both = Gazetteer.with_names([("tree shrew", "Tupaiidae"), ("treeshrew", "Anathana ellioti")], base=())

    assert {taxon for each in both.find("one treeshrew") for taxon in each.taxa} == {"Tupaiidae", "Anathana ellioti"}


def test_the_version_follows_the_names_and_stands_in_each_match() -> None:
    assert few().version == Gazetteer.with_names(NAMES, base=()).version
    assert few().version != Gazetteer.with_names(NAMES[1:], base=()).version
    assert {each.version for each in named("slipper coral")} == {few().version}


def test_a_changed_file_of_names_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("common_name,taxon\nkwena wa noka,Crocodylus niloticus\n")
    names = NamesFile(path, base=())
    first = names.gazetteer()

    assert isinstance(first, Gazetteer)
    assert names.gazetteer() is first
    path.write_text("common_name,taxon\nmamba ya ziwa,Crocodylus niloticus\n\n")
    second = names.gazetteer()
    assert isinstance(second, Gazetteer)
    assert second.version != first.version
    assert [each.taxon for each in second.find("mamba ya ziwa") if each.taxa] == ["Crocodylus niloticus"]


@pytest.mark.parametrize(("content", "code"), [
    (b"name,species\nx,y\n", "names-file-columns"), (b"\xff\xfe\x00", "names-file-encoding"),
])
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(content)
    told = NamesFile(path).gazetteer()

    assert getattr(told, "code", "") == code


def test_obfuscated_names_of_the_wide_world(shared_data: Path) -> None:
    """Every eighth name of the shared set; over the whole set each kind is at or above its target too."""
    folder = shared_data / "ecommerce"
    with (folder / "common_names_multilingual.csv").open(encoding="utf-8") as file:
        gazetteer = Gazetteer.with_names(csv.DictReader(file))
    with (folder / "obfuscated_names.csv").open(encoding="utf-8") as file:
        rows = [row for place, row in enumerate(csv.DictReader(file)) if place // KINDS % 8 == 0]
    asked, seen = Counter[str](), Counter[str]()
    for row in rows:
        taxa = set(row["taxa"].split("|"))
        asked[row["kind"]] += 1
        seen[row["kind"]] += any(each.sure and taxa & set(each.taxa) for each in gazetteer.find(row["text"]))

    assert len(gazetteer) >= 70_000
    assert {kind: seen[kind] / asked[kind] for kind in TARGETS if seen[kind] / asked[kind] < TARGETS[kind]} == {}
    with (folder / "posts_ivory.csv").open(encoding="utf-8") as file:
        posts = [row["text"] for row in csv.DictReader(file) if row["label"] == "0"][::10]
    fires = sum(any(each.sure and each.taxa for each in gazetteer.find(post)) for post in posts)
    assert fires / len(posts) <= 0.04

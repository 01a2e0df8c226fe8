"""Editions of the law: all that a ruling was made by, kept whole, so that the same ruling can be made again for ever.

An edition is named by the SHA-256 of its manifest. The manifest names every file of the program and of the facts, the
register of names that the Party has imported, its overlays and the facts that it settled, each by the SHA-256 of its
content. The contents are kept once, however many editions share them, when the first ruling by an edition is stored.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from django.db import transaction

from wildgate import __version__
from wildgate.convention.again import register_text
from wildgate.convention.listing import Law
from wildgate.convention.national import National
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.models import LawEdition, LawPart
from wildgate.kit.national import national

LARGEST_PART = 512 * 1024 * 1024
MUCH = 1024 * 1024
"""Parts up to this size are remembered packed: those of the program, and not a whole register of names."""
SKIPPED = frozenset({
    "__pycache__", "guide", "licences.txt", "advert_words.tsv", "airlines.tsv", "claim_words.tsv", "columns_kcs.toml",
    "columns_wildgate.toml", "common_words.tsv", "everyday_words.tsv", "field_access.tsv", "gazetteer_codes.tsv",
    "gazetteer_groups.tsv", "gazetteer_words.tsv", "goods.tsv", "goods_disguises.tsv", "goods_ranges.tsv",
    "listing_cues.tsv", "listing_terms.tsv", "listing_terms_abroad.tsv", "look_alikes.tsv", "names_ar.tsv",
    "permit_number_schemes.tsv", "profiles.toml", "trade_words.tsv", "world_map.tsv"})
"""What stands beside the law and is read by none of its modules: another word of sellers is no other law."""
_is_inside = re.compile(r"wildgate(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+").fullmatch


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An edition as it was kept. `files` are those of the program and its facts, by their place in the package."""

    digest: str
    version: str
    files: Mapping[str, bytes]
    register: Any
    overlays: tuple[str, ...]
    confirmed: tuple[str, ...]
    not_accepted: tuple[str, ...]


def keep(law: Law, at: datetime) -> str:
    """The digest of the edition that rules now. Its contents are stored with the first ruling that names it.

    Call in the transaction that stores the ruling, before `events.append` locks the chain.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("editions.keep outside a transaction: ruling and edition would not be saved together")
    here = national(law)
    digest, manifest = _edition(law, here)
    if not LawEdition.objects.filter(pk=digest).exists():
        contents = dict(sorted(_contents(law, here)))
        known = set(LawPart.objects.filter(pk__in=contents).values_list("pk", flat=True))
        # whoever stores the same edition at this moment writes the same rows, in the same order
        LawPart.objects.bulk_create(
            [LawPart(digest=key, size=len(content), data=_packed(content))
             for key, content in contents.items() if key not in known], ignore_conflicts=True)
        LawEdition.objects.bulk_create([LawEdition(digest=digest, at=at, manifest=manifest)], ignore_conflicts=True)
    return digest


def digest_now(law: Law) -> str:
    """The digest of the edition that rules now, whether or not it was ever used."""
    return _edition(law, national(law))[0]


def unpack(digest: str) -> Unpacked | Refusal:
    """An edition with all its contents, each compared with its digest."""
    found = LawEdition.objects.filter(pk=digest).first()
    if found is None:
        return refuse("no-such-edition", "There is no edition %(digest)s of the law here.", digest=digest[:64])
    if _sha(found.manifest.encode()) != digest:
        return _damaged(digest, "its manifest")
    manifest = json.loads(found.manifest)
    parts: dict[str, bytes] = {}
    wanted = {*manifest["files"].values(), *manifest["overlays"], *filter(None, [manifest["register"]])}
    for part in LawPart.objects.filter(pk__in=wanted):
        content = _content(part)
        if content is None:
            return _damaged(digest, f"its part {part.digest[:12]}")
        parts[part.digest] = content
    if missing := wanted - set(parts):
        return _damaged(digest, f"its part {min(missing)[:12]}, which is missing")
    if strange := next((name for name in manifest["files"] if not _is_inside(name)), None):
        return _damaged(digest, f"the name {strange[:60]!r}")
    register = manifest["register"]
    return Unpacked(digest, manifest["version"], {name: parts[key] for name, key in manifest["files"].items()},
                    json.loads(parts[register]) if register else None,
                    tuple(parts[key].decode() for key in manifest["overlays"]), tuple(manifest["confirmed"]),
                    tuple(manifest["not_accepted"]))


def measures_of(digest: str) -> tuple[str, ...]:
    """The national measures of an edition, each as the text of its file; what was damaged since is left out."""
    found = LawEdition.objects.filter(pk=digest).first()
    wanted = json.loads(found.manifest)["overlays"] if found is not None else []
    kept = {part.digest: _content(part) for part in LawPart.objects.filter(pk__in=wanted)} if wanted else {}
    return tuple(content.decode() for key in wanted if (content := kept.get(key)) is not None)


@cache
def shipped() -> Mapping[str, bytes]:
    """The files that rulings of this process are made by: the law's program and its facts. Read once, at the start."""
    root = files("wildgate")
    found = {"wildgate/__init__.py": (root / "__init__.py").read_bytes()}
    for folder in ("convention", "data"):
        found.update(_files(root / folder, f"wildgate/{folder}"))
    return dict(sorted(found.items()))


def program_of(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The program among the files of an edition; the others are facts."""
    return {name: content for name, content in contents.items() if name.endswith(".py")}


def _files(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.name in SKIPPED or each.name.startswith("."):
            continue
        if each.is_dir():
            yield from _files(each, f"{place}/{each.name}")
        else:
            yield f"{place}/{each.name}", each.read_bytes()


@lru_cache(maxsize=2)
def _edition(law: Law, here: National) -> tuple[str, str]:
    """Digest and manifest. Laws and settings are values: their edition is worked out once for each."""
    register = register_text(law)
    manifest = json.dumps({
        "version": __version__, "files": _shipped_digests(),
        "register": _sha(register.encode()) if register else None,
        "overlays": [_sha(text.encode()) for text in here.texts],
        "confirmed": sorted(here.confirmed), "not_accepted": sorted(here.not_accepted),
    }, sort_keys=True, separators=(",", ":"))
    return _sha(manifest.encode()), manifest


@cache
def _shipped_digests() -> dict[str, str]:
    return {name: _sha(content) for name, content in shipped().items()}


def _contents(law: Law, here: National) -> Iterator[tuple[str, bytes]]:
    digests = _shipped_digests()
    for name, content in shipped().items():
        yield digests[name], content
    for text in filter(None, [register_text(law), *here.texts]):
        yield _sha(text.encode()), text.encode()


def _packed(content: bytes) -> bytes:
    return zlib.compress(content, 9) if len(content) > MUCH else _packed_once(content)


@lru_cache(maxsize=128)
def _packed_once(content: bytes) -> bytes:
    """The files of the program are the same for every database that this process meets."""
    return zlib.compress(content, 9)


def _content(part: LawPart) -> bytes | None:
    """What a part holds; None when that is not what its digest stands for."""
    if part.size > LARGEST_PART:
        return None
    try:
        content = zlib.decompressobj().decompress(bytes(part.data), part.size + 1)
    except zlib.error:
        return None
    return content if len(content) == part.size and _sha(content) == part.digest else None


def _damaged(digest: str, what: str) -> Refusal:
    return refuse("edition-damaged", "The edition %(digest)s of the law was changed after it was stored: %(what)s does "
                  "not have its digest. Restore it from a backup.", digest=digest[:12], what=what)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

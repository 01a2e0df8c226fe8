"""The law as this installation applies it: the law of its Party, national measures on top, facts that were settled.

Reads three settings: WILDGATE_OVERLAYS (names of shipped overlays or paths of files), WILDGATE_CONFIRMED (ids of facts
of kind K that the authority confirmed) and WILDGATE_NOT_ACCEPTED (ids of those it does not accept). The ids are in
docs/law.md. What the authority decided on screen comes before the settings, name by name and fact by fact.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from wildgate.convention.listing import Law
from wildgate.convention.national import National
from wildgate.convention.outcome import Ruling
from wildgate.convention.overlay import Overlay, load_overlay, shipped_overlays
from wildgate.convention.refusal import Refusal
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Trade
from wildgate.convention.unconfirmed import unknown_ids

LARGEST_FILE = 1_000_000
SETTINGS = ("OVERLAYS", "CONFIRMED", "NOT_ACCEPTED")


class NotUsable(ValueError):
    """A setting of national law cannot be used. The text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the authority decided itself.

    Overlays by name, with the text of their file (empty: the shipped one; None: not in force); facts by id (True:
    confirmed; False: not accepted; None: open, whatever the settings say).
    """

    overlays: tuple[tuple[str, str | None], ...] = ()
    facts: tuple[tuple[str, bool | None], ...] = ()


def ruled(trade: Trade, law: Law) -> Ruling:
    """Rule on `trade` as this installation does, by the `law` of its Party. Raises NotUsable on broken settings."""
    here = national(law)
    return rule(trade, law, here.overlays, confirmed=here.confirmed, not_accepted=here.not_accepted)


def national(law: Law | None = None) -> National:
    """What the Party of this law decided; the settings as they are now where it was not asked. Raises NotUsable."""
    decided = law.decided if law is not None else None
    return decided if isinstance(decided, National) else _read(*_settings())


def merged(decided: Decided) -> National:
    """The settings with what the authority decided in their place. Raises NotUsable."""
    return _merged(decided, *_settings())


def settings_as_given() -> dict[str, str]:
    """The three settings by their names: what this installation starts with."""
    return {f"WILDGATE_{name}": value for name, value in zip(SETTINGS, _settings(), strict=True)}


def measures_at_start() -> tuple[str, ...]:
    """The names of the measures that this installation starts with."""
    return _listed(_settings()[0])


def _settings() -> tuple[str, str, str]:
    overlays, confirmed, not_accepted = (os.environ.get(f"WILDGATE_{name}", "") for name in SETTINGS)
    return overlays, confirmed, not_accepted


@lru_cache(maxsize=8)
def _merged(decided: Decided, overlays: str, confirmed: str, not_accepted: str) -> National:
    here = _read(overlays, confirmed, not_accepted)
    chosen, facts = dict(decided.overlays), dict(decided.facts)
    started = zip(_listed(overlays), here.texts, strict=True)
    texts = {**dict(started), **{name: text if text is None else text or _text(name) for name, text in chosen.items()}}
    held = {name: text for name, text in texts.items() if text is not None}
    sure = {fact for fact in here.confirmed if fact not in facts} | {fact for fact, so in facts.items() if so}
    not_so = {fact for fact in here.not_accepted if fact not in facts}
    not_so |= {fact for fact, so in facts.items() if so is False}
    return National(tuple(_overlay(name, text) for name, text in held.items()), frozenset(sure), frozenset(not_so),
                    tuple(held.values()))


@lru_cache(maxsize=8)
def _read(overlays: str, confirmed: str, not_accepted: str) -> National:
    for name, ids in (("WILDGATE_CONFIRMED", _listed(confirmed)), ("WILDGATE_NOT_ACCEPTED", _listed(not_accepted))):
        if faults := unknown_ids(ids):
            raise NotUsable(f"{name}: {faults[0].reason}")
    texts = tuple(_text(name) for name in _listed(overlays))
    read = tuple(_overlay(name, text) for name, text in zip(_listed(overlays), texts, strict=True))
    return National(read, frozenset(_listed(confirmed)), frozenset(_listed(not_accepted)), texts)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _text(name: str) -> str:
    """The file of an overlay: a shipped one by its name, else by its path."""
    shipped = shipped_overlays()
    path = Path(str(files("wildgate") / "data" / "overlays" / f"{name}.toml")) if name in shipped else Path(name)
    if not path.is_file():
        raise NotUsable(f"WILDGATE_OVERLAYS: {name} is neither a file nor one of {', '.join(shipped)}.")
    if path.stat().st_size > LARGEST_FILE:
        raise NotUsable(f"WILDGATE_OVERLAYS: {name} is larger than {LARGEST_FILE:,} bytes; an overlay is a short text.")
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise NotUsable(f"WILDGATE_OVERLAYS: {name} is not UTF-8 text; save it as UTF-8.") from None


def _overlay(name: str, text: str) -> Overlay:
    found = load_overlay(text)
    if isinstance(found, Overlay):
        return found
    raise NotUsable(f"WILDGATE_OVERLAYS: {name}: {_first(found)}")


def _first(faults: tuple[Refusal, ...]) -> str:
    return f"{faults[0].field}: {faults[0].reason}" if faults[0].field else faults[0].reason

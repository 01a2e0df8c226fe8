"""The demo world's home: marked as such, so that nobody takes it for a real register and no real one is wiped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from wildgate.site.upgrading import locking

MARK = "demo-world"
HALF = "demo-world-half-made"
"""Lies in the home while the world is filled: where that was broken off, the next start makes it anew."""
OF_A_HOME = frozenset({"documents", "exchange", "jobs.lock", "keys", "mail", "market", "privacy", "secret", "seen",
                       "status", "trade", "trust", "trust.cwt", "upgrade.lock", "uploads"})
"""What commands may have put into a home before it has a database."""


class NotADemo(Exception):
    """The home holds something that is not a demo world; the text says what to do."""


def mark(home: Path) -> None:
    """Make `home` a demo world's home. From then on the site shows its log-ins and asks for no second factor."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARK).write_text("A demo world with published passwords. Never serve it to others.\n")


def foreign(home: Path) -> str:
    """The name of something in the folder that no installation puts there; empty where there is none.

    A marked folder is emptied as a whole one day, so nobody's own files may ever be in one that is marked.
    """
    names = sorted(path.name for path in home.iterdir()) if home.is_dir() else []
    return next((name for name in names if name not in OF_A_HOME), "")


def fresh(home: Path) -> None:
    """Empty a demo world's home for a new run. A folder without the mark that holds a register, or anything that is of
    no installation, is left alone."""
    if not (home / MARK).exists():
        if (home / "wildgate.sqlite3").exists():
            raise NotADemo(f"{home} holds a register that is not a demo world; give another folder with --home.")
        if found := foreign(home):
            raise NotADemo(f"{home} holds {found}, which is of no demo world; give a new folder with --home.")
    if (home / MARK).exists():
        shutil.rmtree(home)
    mark(home)


def clear_half_made(home: Path) -> None:
    """Empty a demo world whose filling was broken off, by Ctrl-C or a power cut: its story cannot be told on from the
    middle. Whoever fills it at this moment is waited for."""
    if not (home / HALF).exists():
        return
    with locking.on_file(home, wait=True):
        if (home / HALF).exists():
            fresh(home)


@contextmanager
def filling(home: Path) -> Iterator[None]:
    """Only what comes to its end leaves a whole world behind."""
    (home / HALF).write_text("This demo world is being filled, or was broken off at that.\n")
    yield
    (home / HALF).unlink()


def is_furnished() -> bool:
    """Whether the rooms were begun: they come last, and some would not bear to be played twice."""
    from wildgate.apps.partners.models import Partner
    return Partner.objects.exists()


def furnish() -> None:
    """Fill a demo world: the cast, one permit's whole life, cases at every stage, and room after room of the border.
    Done once, by one process however many start; what `wildgate demo` did already is not done again."""
    from wildgate.site.demo import border
    from wildgate.site.demo.cast import is_settled
    from wildgate.site.demo.scenes import play
    from wildgate.site.demo.story import Story
    with locking.alone(settings.HOME, wait=True):
        if (settings.HOME / HALF).exists():
            raise SystemExit(f"The filling of this demo world was broken off; empty its database, remove "
                             f"{settings.HOME} and start again.")
        if is_furnished():
            return
        at = timezone.now()
        with filling(settings.HOME):
            if not is_settled():
                Story(settings.HOME / "demo", say=lambda line: None).tell(at)
                play(at)
            border.play(at)

"""The demo world's home: marked as such, so that nobody takes it for a real register and no real one is wiped."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.utils import timezone

MARK = "demo-world"
KEPT = "secret"


class NotADemo(Exception):
    """The home holds something that is not a demo world; the text says what to do."""


def mark(home: Path) -> None:
    """Make `home` a demo world's home. From then on the site shows its log-ins and asks for no second factor."""
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("A demo world with published passwords. Never serve it to others.\n")


def fresh(home: Path) -> None:
    """Empty a demo world's home for a new run. A home without the mark that holds a register is left alone."""
    if (home / "wildgate.sqlite3").exists() and not (home / MARK).exists():
        raise NotADemo(f"{home} holds a register that is not a demo world; give another folder with --home.")
    if (home / MARK).exists():
        shutil.rmtree(home)
    mark(home)


def furnish() -> None:
    """Fill an empty demo world: the cast, one permit's whole life, and cases at every stage. Done once."""
    from wildgate.site.demo import border
    from wildgate.site.demo.cast import is_settled
    from wildgate.site.demo.scenes import play
    from wildgate.site.demo.story import Story
    if is_settled():
        return
    at = timezone.now()
    Story(settings.HOME / "demo", say=lambda line: None).tell(at)
    play(at)
    border.play(at)

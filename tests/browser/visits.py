"""What the tests of this folder begin with: the cast and its worlds, the site on a port, a window of each or of all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page
from tests.browser.page_checks import Complaints, Look, faults
from tests.browsers import OpenPage
from tests.desks import BACKEND
from tests.once import once

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person

SHOTS = os.environ.get("WILDGATE_SHOTS", "")
"""A folder for pictures of every page, when somebody wants to look at them."""
AS_ASKED = """[innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, document.documentElement.lang]"""
DESK, PHONE = LOOKS = (Look(), Look(360, dark=True))
Door = Callable[[str, Look], tuple[Any, Complaints]]
Kept = Callable[[str, Callable[[], Any]], Any]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def kept(own_database: str, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The value of a function that makes a world, with what it left in the database and at home. On SQLite one process
    makes it, and whoever asks for its name later in the run gets a copy. The value must be of keys, not rows."""
    def world(name: str, make: Callable[[], Any]) -> Any:
        if connection.vendor != "sqlite":
            return make()
        home = django_settings.HOME

        def filled(folder: Path) -> Any:
            value = make()
            connection.close()  # what its journal holds goes into the file
            shutil.copytree(home, folder, dirs_exist_ok=True)
            return value

        made, value = once(tmp_path_factory, f"world-{name}", filled)
        connection.close()
        shutil.rmtree(home)
        shutil.copytree(made, home)
        return value

    return world


@pytest.fixture
def people(kept: Kept, now: datetime) -> dict[str, Actor]:
    """The cast in a database of its own, which the server's threads may use."""
    from wildgate.site.demo.cast import settle

    return dict(kept("cast", lambda: settle("QM", "Demoland", now)))


@pytest.fixture
def address(site: str) -> str:
    """The site on a port of this machine; no second factor is asked for."""
    return site


def cookie_of(people: dict[str, Actor], name: str, address: str) -> Any:
    """The session cookie of the named person, signed in."""
    client = Client()
    client.force_login(Person.objects.get(pk=people[name].person_id), backend=BACKEND)
    cookie = django_settings.SESSION_COOKIE_NAME
    return {"name": cookie, "url": address, "value": client.cookies[cookie].value}


@pytest.fixture
def door(address: str, open_page: OpenPage, people: dict[str, Actor]) -> Door:
    """A browser page in which the named person is signed in; nobody for an empty name."""

    def opened(name: str, look: Look) -> tuple[Any, Complaints]:
        page, complaints = open_page(look)
        if name:
            page.context.add_cookies([cookie_of(people, name, address)])
        return page, complaints

    return opened


@dataclass
class Tour:
    """One window for many pages, which changes its person, width, colours and language from page to page: a fresh
    profile, and axe in a fresh process, cost more than a page and its judgement."""

    page: Page
    complaints: Complaints
    address: str
    people: dict[str, Actor] = field(default_factory=dict)
    who: str = ""
    look: Look | None = None
    cookies: dict[str, Any] = field(default_factory=dict)

    def enter(self, who: str) -> None:
        """Become the named person; nobody for an empty name."""
        if who != self.who:
            self.page.context.clear_cookies()
            if who:
                self.cookies[who] = self.cookies.get(who) or cookie_of(self.people, who, self.address)
                self.page.context.add_cookies([self.cookies[who]])
            self.who = who

    def turn(self, look: Look) -> None:
        """See the page so; in another language from the next page on."""
        if look != self.look:
            self.page.set_viewport_size({"width": look.width, "height": 800})
            self.page.emulate_media(color_scheme="dark" if look.dark else "light", reduced_motion="reduce")
            self.page.set_extra_http_headers({"Accept-Language": look.language})
            self.look = look

    def visit(self, who: str, path: str, look: Look = DESK) -> Page:
        self.enter(who)
        self.turn(look)
        self.page.goto(self.address + path)
        return self.page

    def wrong(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, each with the name of the page and its look. It answers for itself:
        the next page begins without complaints."""
        stands = Look(*self.page.evaluate(AS_ASKED))
        found = [] if stands == self.look else [f"stands as {stands}"]
        found += faults(self.page, self.complaints)
        self.complaints.texts.clear()
        if SHOTS:
            file = name.strip("/").replace("/", "_").replace("?", "-") or "home"
            self.page.screenshot(path=str(Path(SHOTS) / f"{file}-{self.look}.png"), full_page=True)
        return [f"{name} {self.look}: {each}" for each in found]

    def wrong_in(self, name: str, *looks: Look) -> list[str]:
        """What is wrong with the page in any of the looks: it is loaded once and turned."""
        found = []
        for look in looks:
            self.turn(look)
            found += self.wrong(name)
        return found


@pytest.fixture(scope="session")
def window(browser: Browser) -> tuple[Page, Complaints]:
    """A window that all tours of a process share, one after the other. Each has a site of its own, so there is nothing
    of the one before it but what `tour` takes away; service workers do not run in it."""
    context = browser.new_context(reduced_motion="reduce", service_workers="block")
    context.set_default_timeout(15_000)
    page, complaints = context.new_page(), Complaints()
    complaints.watch(page)
    return page, complaints


@pytest.fixture
def tour(window: tuple[Page, Complaints], address: str, people: dict[str, Actor]) -> Iterator[Tour]:
    """A window that goes from page to page as whoever is asked for."""
    with touring(window, address, people) as made:
        yield made


@contextmanager
def touring(window: tuple[Page, Complaints], address: str, people: dict[str, Actor]) -> Iterator[Tour]:
    """A tour that begins without cookies and complaints, at a desk, and ends at a page of the site on which no script
    runs: from an empty page Chromium would go on in a fresh process."""
    page, complaints = window
    page.context.clear_cookies()
    complaints.texts.clear()
    made = Tour(page, complaints, address, people)
    made.turn(DESK)
    yield made
    complaints.forgiven = ()
    page.goto(f"{address}/static/wildgate/wildgate.js")


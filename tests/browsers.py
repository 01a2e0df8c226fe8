"""A real Chromium for the tests of this room: pages at 360 and 1280 px, dark and light, from left and from right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.staticfiles import handlers
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.page_checks import LOOKS, Complaints, Look

FLAGS = ["--no-sandbox", "--headless", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
OpenPage = Callable[[Look], tuple[Page, Complaints]]


def as_in_production(application: Any) -> Any:
    """No handler of Django's own before the site: static files come from WhiteNoise, compressed, as they do in use."""
    return application


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_in_production() -> None:
    handlers.StaticFilesHandler = as_in_production  # type: ignore[misc,assignment]


def chromium() -> str | None:
    """Chromium's headless shell where it is, the same engine without a browser's own pages; else Chromium."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the tests are skipped where there is none. Playwright's own loop is no async view."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(own_database: str, settings: Any) -> Iterator[str]:
    """The address of the site on a port of this machine, with a database of its own; no second factor is asked for."""
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["localhost"]
    server = LiveServerThread("localhost", as_in_production)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Makes a page in a fresh profile for a Look, with the list of what the browser complains of.

    Service workers run where a test is marked `workers`; elsewhere each visit is a first one and weighs what it weighs.
    """
    contexts = []
    workers = "allow" if request.node.get_closest_marker("workers") else "block"

    def opened(look: Look = LOOKS[0]) -> tuple[Page, Complaints]:
        context = browser.new_context(viewport={"width": look.width, "height": 800}, locale=look.language,
                                      color_scheme="dark" if look.dark else "light", has_touch=look.width < 640,
                                      reduced_motion="reduce", service_workers=workers)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page, complaints = context.new_page(), Complaints()
        complaints.watch(page)
        return page, complaints

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desk: 1280 px, light."""
    return open_page(Look())[0]


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A phone at the border: 360 px, dark."""
    return open_page(Look(360, dark=True))[0]


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Each Look in turn."""
    found: Look = request.param
    return found

"""Every page that a person of the demo world can reach by links, in a real browser: axe, the CSP, width and weight.

Links are followed as a program follows them, for each of the cast; the browser opens each address pattern once, for the
first who comes to it, in one of the looks in turn; pages of traders and of the public come in Arabic too. What has a
tour of its own (its states, errors, scripts) is left to it.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.urls import Resolver404, resolve
from django.utils import timezone
from lxml import html
from tests import postgres
from tests.browser.page_checks import Look
from tests.browser.visits import Kept, cookie_of
from urllib3 import PoolManager, Retry

from wildgate.apps.accounts.access import Actor

pytestmark = [pytest.mark.browser, pytest.mark.looks]
PARTS = {"officials": ("sam", "bo", "amina", "ana"), "others": ("ito", "mario", "jean", ""),
         "border": ("nadia", "tomas", "ines", "kim", "lena")}
IN_ARABIC = ("mario", "", "kim")
TURNS = (Look(), Look(360, dark=True))
ARABIC = (Look(360, language="ar"), Look(language="ar", dark=True))
TOURED = re.compile(r"verify|status-|trust|styleguide|permit-document|species-find|.*-(csv|png|pdf|json)$|enquiry-.*|"
                    r"border-.*|epix-.*|account_logout|set_language|application-.*")
"""Names of addresses that other tests open in every state, and of what is no page."""
MOST = 140
Reader = Callable[[str, str, str], tuple[int, str, str]]


@pytest.fixture
def people(kept: Kept, settings: Any) -> dict[str, Actor]:
    """The whole demo world in a database of its own. On SQLite the first part has it made, as a person does, by the
    first `wildgate serve` on what `wildgate demo` left, and the others copy it."""
    from wildgate.site.demo.cast import actors
    from wildgate.site.demo.world import furnish
    settings.DEMO = True
    kept("demo", furnish if connection.vendor != "sqlite" else lambda: first_run(settings.HOME))
    return dict(actors(timezone.now()))


def first_run(home: Path) -> None:
    """From the README: `wildgate demo`, whose story needs no process of its own, then `wildgate serve`, asked for a
    page of each engine with threads of its own (its web workers are forked: an engine that their parent had used would
    never answer them)."""
    from wildgate.site.cli.demo import tell
    from wildgate.site.demo.world import mark
    mark(home)
    assert tell(home.parent / "out") == 0
    connection.close()
    told = {name: value for name, value in os.environ.items() if name not in ("WILDGATE_DEMO", "DATABASE_URL")}
    env = {**told, "WILDGATE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    port = postgres.free_port()
    server = subprocess.Popen([sys.executable, "-m", "wildgate", "serve", "--port", str(port), "--workers", "1",
                               "--stream-port", "0"], env=env, stdout=subprocess.DEVNULL)
    try:
        retry = Retry(total=600, backoff_factor=0.5, backoff_max=0.5)
        with PoolManager(retries=retry, timeout=60) as browser:
            for path in ("/trade/", "/statistics/"):
                assert browser.request("GET", f"http://127.0.0.1:{port}{path}").status == 200
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def links(text: str, here: str) -> Iterator[tuple[str, str]]:
    """Name and path of each address of ours that the page links to."""
    for href in html.fromstring(text).xpath("//a/@href"):
        parts = urlsplit(urljoin(here, href))
        if parts.netloc != urlsplit(here).netloc or re.search(r"[.][a-z]{3,4}$", parts.path):
            continue
        try:
            yield resolve(parts.path).url_name or parts.path, parts.path
        except Resolver404:
            yield f"dead link {parts.path} on {urlsplit(here).path}", ""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all parts of the test share, in whichever process."""
    run = tmp_path_factory.getbasetemp()
    shared = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "every-page"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture
def claimed(desk):
    """Whether an address is ours to open: each part of the test takes what no other took."""

    def claim(name: str) -> bool:
        try:
            (desk / hashlib.sha256(name.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return claim


@pytest.fixture
def read(address: str, people: dict[str, Actor]) -> Iterator[Reader]:
    """What the named person gets for an address in a language, as a program asks: links need no window."""
    cookies: dict[str, str] = {"": ""}
    with PoolManager() as program:

        def answer(who: str, path: str, language: str) -> tuple[int, str, str]:
            if who not in cookies:
                cookie = cookie_of(people, who, address)
                cookies[who] = f"{cookie['name']}={cookie['value']}"
            told = {"Cookie": cookies[who], "Accept-Language": language}
            got = program.request("GET", address + path, headers=told)
            return got.status, got.headers.get("content-type", ""), got.data.decode(errors="replace")

        yield answer


@pytest.mark.dear
@pytest.mark.parametrize("part", PARTS)
def test_every_page_of_the_demo_world(address, tour, read, claimed, part) -> None:
    found: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for who in PARTS[part]:
        queue, looks = ["/"], (ARABIC if who in IN_ARABIC else TURNS)
        while queue and len(seen) < MOST:
            path = queue.pop(0)
            name, look = resolve(path).url_name or path, looks[len(seen) % 2]
            status, kind, text = read(who, path, look.language)
            if status >= 400:
                found[f"{who} {path}"] = [str(status)]
            if "text/html" not in kind:
                continue
            seen[name] = path
            for target, link in links(text, address + path):
                if not link:
                    found[target] = ["404"]
                elif target not in seen and link not in queue and not TOURED.fullmatch(target):
                    seen[target] = link
                    queue.append(link)
            if claimed(name):
                tour.visit(who, path, look)
                if wrong := tour.wrong(f"every-{name}"):
                    found[f"{who} {path} {look}"] = wrong

    assert found == {}
    assert len(seen) > 20

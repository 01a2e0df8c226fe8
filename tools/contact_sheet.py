"""Pictures of the main pages: Chromium goes through a demo world as each of its people, light and dark, wide or narrow.

`contact_sheet.py ADDRESS` writes `docs/pictures/*.png` and one sheet of them all, `docs/contact-sheet.png`, and prints
what axe and the width of each page complain of. Start the demo world first: `make serve`.
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.browser.page_checks import axe, sideways  # noqa: E402
from tests.browsers import FLAGS  # noqa: E402

PASSWORD = "demo-only-leopard-9"  # printed on the demo world's start page on purpose

PICTURES = ROOT / "docs" / "pictures"
SHEET = ROOT / "docs" / "contact-sheet.png"
WIDE, PHONE = 1280, 360
COLOURS = 96
DRAFT = "/apply/ tr:has(.tag.off)>th>span>a line-1/"
THUMB, COLUMNS, GAP, CAPTION = 300, 5, 16, 22


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose page, where, and how it is looked at.

    After a blank in `path` follows which link to take from there, as a selector; after another blank what to add to its
    address.
    """

    name: str
    who: str
    path: str
    width: int = WIDE
    dark: bool = False
    language: str = "en"
    height: int = 900

    @property
    def look(self) -> tuple[str, int, bool, str]:
        return self.who, self.width, self.dark, self.language


SHOTS = (
    Shot("start", "", "/"), Shot("start-phone-arabic", "", "/", PHONE, language="ar", height=1400),
    Shot("what-do-i-need", "", "/check/sale/", PHONE), Shot("verify", "", "/verify/", PHONE, dark=True),
    Shot("help", "", "/help/?q=lost"), Shot("register", "", "/register/", PHONE),
    Shot("trader", "mario@lacuna.example", "/apply/"),
    Shot("trader-phone-arabic", "mario@lacuna.example", "/apply/", PHONE, language="ar", height=1200),
    Shot("application", "mario@lacuna.example", DRAFT),
    Shot("application-phone", "mario@lacuna.example", DRAFT, PHONE, dark=True, height=1400),
    Shot("application-arabic", "mario@lacuna.example", DRAFT, language="ar"),
    Shot("status", "mario@lacuna.example", "/apply/ tr:has(.tag.hold)>th>span>a"),
    Shot("permit", "mario@lacuna.example", "/permits/ a[href^='/permits/2']", height=1200),
    Shot("stock", "mario@lacuna.example", "/stock/"), Shot("inbox", "mario@lacuna.example", "/inbox/", PHONE),
    Shot("queue", "amina@ma.example", "/cases/"), Shot("queue-dark", "amina@ma.example", "/cases/", dark=True),
    Shot("case", "amina@ma.example", "/cases/ a[href^='/cases/QM-A-']", height=1400),
    Shot("case-french", "amina@ma.example", "/cases/?tab=issue a[href^='/cases/QM-A-']", language="fr", height=1400),
    Shot("quotas", "amina@ma.example", "/quotas/"), Shot("rules", "amina@ma.example", "/house/"),
    Shot("opinion", "ito@sa.example", "/science/ a[href^='/science/QM-A-']", height=1200),
    Shot("border", "jean@customs.example", "/border/", PHONE, dark=True, height=1100),
    Shot("border-permit", "jean@customs.example", "/border/?number=26QM000002E", PHONE, height=1500),
    Shot("training", "jean@customs.example", "/training/", PHONE),
    Shot("declarations", "jean@customs.example", "/declarations/"),
    Shot("declaration", "jean@customs.example", "/declarations/ tr:has(.tag.no) a", height=1400),
    Shot("inspections", "jean@customs.example", "/inspections/", PHONE, height=1400),
    Shot("seizure", "ines@police.example", "/inspections/seizures/ a[href*='QM-S-']", height=1400),
    Shot("risk", "tomas@customs.example", "/risk/"),
    Shot("profiles", "tomas@customs.example", "/risk/profiles/", dark=True),
    Shot("risk-figures", "tomas@customs.example", "/risk/figures/", height=1400),
    Shot("carrier", "kim@speedx.example", "/carriers/"),
    Shot("duties", "nadia@customs.example", "/duties/", height=1400),
    Shot("procedures", "nadia@customs.example", "/balances/procedures/"),
    Shot("figures", "ana@audit.example", "/figures/", height=1200), Shot("audit", "ana@audit.example", "/audit/"),
    Shot("reports", "ana@audit.example", "/reports/"),
    Shot("people", "sam@ministry.example", "/people/"), Shot("first-steps", "sam@ministry.example", "/first-run/"),
)


def main(address: str) -> int:
    """Take every picture; exit status 1 where a page has a fault."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("no Chromium on this machine", file=sys.stderr)
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        pages: dict[tuple[str, int, bool, str], Page] = {}
        for shot in SHOTS:
            page = pages.get(shot.look) or pages.setdefault(shot.look, opened(browser, shot, address))
            try:
                complaints = take(page, shot, address)
            except Error as fault:
                complaints = [str(fault).splitlines()[0]]
            faults += bool(complaints)
            print(shot.name, "; ".join(complaints) or "in order", flush=True)
        browser.close()
    sheet([shot for shot in SHOTS if (PICTURES / f"{shot.name}.png").exists()])
    return 1 if faults else 0


def opened(browser: Browser, shot: Shot, address: str) -> Page:
    """A page in a profile of its own, signed in as the person."""
    context: BrowserContext = browser.new_context(
        viewport={"width": shot.width, "height": 900}, color_scheme="dark" if shot.dark else "light",
        locale=shot.language, reduced_motion="reduce", service_workers="block")
    page = context.new_page()
    if shot.who:
        page.goto(f"{address}/accounts/login/")
        page.fill("input[name=login]", shot.who)
        page.fill("input[name=password]", PASSWORD)
        page.click("form:has(input[name=password]) button:not([type=button])")
        page.wait_for_load_state()
    return page


def take(page: Page, shot: Shot, address: str) -> list[str]:
    """Go there and keep the picture; what is wrong with the page."""
    start, *link = shot.path.split(" ")
    answer = page.goto(address + start)
    if link:
        where = page.locator(link[0]).first.get_attribute("href", timeout=5_000)
        answer = page.goto(f"{address}{where}{''.join(link[1:])}")
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    path = PICTURES / f"{shot.name}.png"
    page.screenshot(path=str(path))
    quantised(path)
    found = [each.splitlines()[0] for each in axe(page)]
    if answer is not None and answer.status >= 400:
        found.append(f"status {answer.status}")
    if over := sideways(page):
        found.append(f"scrolls sideways by {over} px")
    return found


def quantised(path: Path) -> None:
    """A small file: few colours are enough for a page."""
    with Image.open(path) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def sheet(shots: list[Shot]) -> None:
    """All pictures side by side, narrow ones at the same width, each with its name."""
    rows = [shots[i:i + COLUMNS] for i in range(0, len(shots), COLUMNS)]
    tall = 260
    canvas = Image.new("RGB", (COLUMNS * (THUMB + GAP) + GAP, len(rows) * (tall + CAPTION + GAP) + GAP), "#e8ebe6")
    draw = ImageDraw.Draw(canvas)
    for down, row in enumerate(rows):
        for across, shot in enumerate(row):
            with Image.open(PICTURES / f"{shot.name}.png") as image:
                small = image.convert("RGB")
                small.thumbnail((THUMB, tall), Image.Resampling.LANCZOS)
            x, y = GAP + across * (THUMB + GAP), GAP + down * (tall + CAPTION + GAP)
            canvas.paste(small, (x + (THUMB - small.width) // 2, y))
            draw.text((x, y + tall + 4), re.sub("-", " ", shot.name), fill="#17211d", font_size=13)
    canvas.quantize(128, dither=Image.Dither.NONE).save(SHEET, optimize=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: contact_sheet.py http://127.0.0.1:8000")
    sys.exit(main(sys.argv[1].rstrip("/")))

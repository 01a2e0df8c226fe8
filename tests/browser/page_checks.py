"""What every page must pass in a real browser: WCAG 2.2 AA, no complaint, no sideways scrolling, a light load."""

from __future__ import annotations

from dataclasses import dataclass, field

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response

OWN_MAPS = """(() => {
    class WeakMap {
        constructor(pairs = []) { this.key = Symbol(); for (const [of, value] of pairs) this.set(of, value); }
        get(of) { return of?.[this.key]; }
        set(of, value) {
            Object.defineProperty(of, this.key, {value, writable: true, configurable: true});
            return this;
        }
        has(of) { return of != null && Object.hasOwn(of, this.key); }
        delete(of) { return delete of[this.key]; }
    }
    class WeakSet extends WeakMap { add(of) { return this.set(of, true); } }
"""
KNOWN_COLOURS = """
    const {prototype} = axe.commons.color.Color, parse = prototype.parseString, known = new Map();
    prototype.parseString = function (text) {
        const seen = known.get(text);
        if (seen) [this.r, this.g, this.b, this.alpha] = seen;
        else known.set(text, (parse.call(this, text), [this.r, this.g, this.b, this.alpha]));
        return this;
    };
"""
ONE_OF_A_KIND = """
    const rule = axe._audit.rules.find(({id}) => id === "color-contrast"), {matches, id} = rule;
    const check = axe._audit.checks[id], {evaluate} = check, {run} = axe;
    const COLOURS = ["color", "backgroundColor", "backgroundImage", "backgroundClip", "opacity", "filter",
        "mixBlendMode", "textShadow", "webkitTextFillColor", "webkitTextStrokeWidth", "fontSize", "fontWeight",
        "position", "float", "transform", "visibility", "clipPath"];
    let places, kinds, judged, unsure, wanted;
    function place(of) {
        if (!of) return {kind: 0};
        let found = places.get(of);
        if (found) return found;
        const around = place(of.parentElement || of.getRootNode().host), style = getComputedStyle(of);
        const box = of.getBoundingClientRect(), {box: outer} = around;
        const inside = !outer || (box.left >= outer.left - 1 && box.right <= outer.right + 1
            && box.top >= outer.top - 1 && box.bottom <= outer.bottom + 1);
        const flows = ["static", "relative"].includes(style.position) && style.float === "none"
            && style.transform === "none";
        const name = flows ? [around.kind, inside, ...COLOURS.map((each) => style[each])].join("|") : of;
        if (!kinds.has(name)) kinds.set(name, kinds.size + 1);
        places.set(of, found = {kind: kinds.get(name), box});
        return found;
    }
    rule.matches = function (element, ...more) {
        const {kind} = place(element);
        if (wanted ? !wanted.has(kind) : judged.has(kind)) return false;
        const found = matches.call(this, element, ...more);
        if (found) judged.add(kind);
        return found;
    };
    check.evaluate = function (element, ...more) {
        const found = evaluate.call(this, element, ...more);
        if (found !== true) unsure.add(place(element).kind);
        return found;
    };
    axe.run = async (context, options) => {
        [places, kinds, judged, unsure, wanted] = [new Map(), new Map(), new Set(), new Set(), null];
        const found = await run.call(axe, context, options);
        if (!unsure.size) return found;
        wanted = unsure;
        const all = await run.call(axe, context, {...options, runOnly: {type: "rule", values: [id]}});
        const at = found.violations.findIndex((each) => each.id === id);
        found.violations.splice(at < 0 ? found.violations.length : at, at < 0 ? 0 : 1, ...all.violations);
        return found;
    };
})();"""
QUICK_AXE = OWN_MAPS + AXE_SCRIPT + KNOWN_COLOURS + ONE_OF_A_KIND
"""axe judges as ever, in less time: most of it went into weak maps for the parts of colours, into reading the same few
colours anew for every element and its ancestors, and into the contrast of one text after the other. Texts of the same
colours and size that flow in boxes of the same backgrounds all the way up are now one kind: one is judged for all, and
each by itself where that one does not pass."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
JUDGE = """(options) => axe.run(document, options).then(({violations}) =>
    violations.flatMap(({id, impact, nodes}) => nodes.map(({target, failureSummary}) =>
        `${id} (${impact}) at ${target.join(" ")}: ${failureSummary}`)))"""
FIRST_LOAD_BYTES = 100_000
OURS = ("Failed to load resource", "Service Worker registration blocked")
"""What the browser says because of the tests themselves: answers are judged by status, workers are kept out."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader's browser stands: width in CSS pixels, dark or light, language (Arabic reads from the right)."""

    width: int = 1280
    dark: bool = False
    language: str = "en"

    def __str__(self) -> str:
        return f"{self.width}-{'dark' if self.dark else 'light'}-{self.language}"


LOOKS = (Look(), Look(dark=True), Look(360), Look(360, dark=True), Look(360, language="ar"), Look(language="ar"))


@dataclass
class Complaints:
    """What the browser complained of since the page was opened: script errors, what the CSP refused, failed loads."""

    texts: list[str] = field(default_factory=list)
    forgiven: tuple[int, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.texts.append(f"script: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(OURS):
            self.texts.append(f"{message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.forgiven:
            self.texts.append(f"{response.status}: {response.url}")


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA on the page as it stands, one text each: rule, impact, where, why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(QUICK_AXE)
        page.add_init_script(QUICK_AXE)  # the next page in this window has it from the start
    found: list[str] = page.evaluate(JUDGE, OPTIONS)
    return found


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways; 0 is right at any width."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def weight(page: Page) -> int:
    """Bytes of the page and of all that it loads, as sent over the wire (after compression)."""
    found: int = page.evaluate("""["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0)""")
    return found


def faults(page: Page, complaints: Complaints) -> list[str]:
    """All that is wrong with the page now; an empty list passes."""
    out = [*axe(page), *complaints.texts]
    if over := sideways(page):
        out.append(f"scrolls sideways by {over} px at {page.viewport_size}")
    if (sent := weight(page)) > FIRST_LOAD_BYTES:
        out.append(f"{sent} bytes on first load; {FIRST_LOAD_BYTES} at most")
    return out

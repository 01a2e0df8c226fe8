"""Runs the cases and tells how they ended: as text, as JSON, as a page that can be sent to the partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from wildgate import __version__
from wildgate.site.conformance.judging import Case, Outcome, State, Subject

TITLES: Final = {"v1": "EPIX 2016-17, reconstructed: message v1", "v2": "EPIX 2016-17, reconstructed: message v2",
                 "rest": "Wildgate, REST"}
NOTE: Final = ("No specification of this service has been published. The cases test what UNEP-WCMC's hub of 2016-17 "
               "shows of it, and what any service on the internet must withstand. Passing them is no certificate.")
STYLE: Final = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f23;
background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.5rem;vertical-align:top;
border-bottom:1px solid #ccc}.failed{font-weight:700;color:#9b1c1c}.passed{color:#1d5e2f}code{font-size:.9em}
@media(prefers-color-scheme:dark){body{color:#eee;background:#16191c}.failed{color:#ff9b9b}.passed{color:#9be0ae}}"""


@dataclass(frozen=True, slots=True)
class Report:
    """How every case ended at one address."""

    url: str
    version: str
    at: datetime
    rows: Sequence[tuple[Case, Outcome]]
    slowest: float

    @property
    def counts(self) -> Counter[str]:
        return Counter(outcome.state.value for _case, outcome in self.rows)

    @property
    def good(self) -> bool:
        return not self.counts[State.FAILED.value]

    @property
    def sentence(self) -> str:
        told = ", ".join(f"{self.counts[state.value]} {state.value}" for state in State if self.counts[state.value])
        return f"{len(self.rows)} cases: {told}. The slowest answer took {self.slowest:.2f} s."

    def as_json(self) -> dict[str, Any]:
        return {"title": TITLES[self.version], "url": self.url, "at": self.at.isoformat(timespec="seconds"),
                "by": f"wildgate {__version__}", "passed": self.good, "counts": dict(self.counts),
                "slowest_seconds": round(self.slowest, 3), "note": NOTE,
                "cases": [{"name": case.name, "about": case.about, "state": outcome.state.value, "said": outcome.said}
                          for case, outcome in self.rows]}

    def as_text(self) -> str:
        lines = [f"{TITLES[self.version]}, at {self.url}, {self.at:%Y-%m-%d %H:%M} UTC", ""]
        for case, outcome in self.rows:
            state = outcome.state.value.upper() if outcome.state is State.FAILED else outcome.state.value
            lines.append(f" {state:8} {case.name:20} {outcome.said}")
            if outcome.state is State.FAILED:
                lines.append(f"{'':31}expected: {case.about}")
        return "\n".join([*lines, "", self.sentence, NOTE])

    def as_html(self) -> str:
        rows = "".join(
            f'<tr><th scope="row"><code>{escape(case.name)}</code></th><td class="{outcome.state.value}">'
            f"{outcome.state.value}</td><td>{escape(case.about)}</td><td>{escape(outcome.said)}</td></tr>\n"
            for case, outcome in self.rows)
        title = escape(f"{TITLES[self.version]}: test of {self.url}")
        return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
                f'content="width=device-width, initial-scale=1"><title>{title}</title><style>{STYLE}</style></head>'
                f"<body><main><h1>{title}</h1><p>{self.at:%Y-%m-%d %H:%M} UTC, wildgate {__version__}. "
                f"{escape(self.sentence)}</p><p>{NOTE}</p><table><thead><tr><th scope=\"col\">Case</th>"
                f'<th scope="col">Result</th><th scope="col">What must happen</th><th scope="col">What happened</th>'
                f"</tr></thead><tbody>\n{rows}</tbody></table></main></body></html>\n")


def run(subject: Subject, cases: Sequence[Case], at: datetime,
        tell: Callable[[Case, Outcome], None] = lambda _case, _outcome: None) -> Report:
    """Every case in its order; a case that breaks is a failure of the service, said so."""
    rows = []
    for case in cases:
        outcome = case.run(subject)
        tell(case, outcome)
        rows.append((case, outcome))
    return Report(subject.line.url, subject.version, at, rows, subject.line.slowest)

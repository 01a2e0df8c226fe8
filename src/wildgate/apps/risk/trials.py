"""A draft profile is tried on the last declarations: what it would have done, and what is known of those."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wildgate.apps.risk.judging import of_row
from wildgate.apps.risk.models import Known, Profile
from wildgate.apps.risk.rows import read_facts

LAST, MOST = 1000, 20_000


@dataclass(frozen=True, slots=True)
class Trial:
    """`selected` of `declarations` consignments; of these `inspected` at random with `found`, and with any reason
    `inspected_all` with `found_all`. `unknown`: a fact that the rule asks for was not known."""

    declarations: int
    selected: int
    inspected: int
    found: int
    inspected_all: int
    found_all: int
    unknown: int
    examples: tuple[str, ...]
    at: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "examples": list(self.examples)}


def run(row: Profile, *, last: int = LAST, at: datetime) -> Trial:
    """Ask the rule of a draft about the facts of the last so many consignments."""
    profile = of_row(row)
    asked = _last(row.party, min(max(last, 1), MOST), at)
    hit: dict[int, tuple[str, bool, bool | None]] = {}
    unknown: set[int] = set()
    seen: set[int] = set()
    for key, reference, sampled, finding, direction, facts in asked:
        seen.add(key)
        if profile is None or (profile.scope and direction not in profile.scope):
            continue
        answer = profile.rule.judge(read_facts(facts))
        if answer:
            hit[key] = (reference, sampled, finding)
        elif answer is None:
            unknown.add(key)
    done = [finding for _, _, finding in hit.values() if finding is not None]
    random = [finding for _, sampled, finding in hit.values() if sampled and finding is not None]
    return Trial(len(seen), len(hit), len(random), sum(random), len(done), sum(done), len(unknown - set(hit)),
                 tuple(reference for reference, _, _ in list(hit.values())[:10]), at.isoformat(timespec="seconds"))


def _last(party: str, last: int, at: datetime) -> list[tuple[int, str, bool, bool | None, str, dict[str, Any]]]:
    """The items of the last consignments before now, the newest first."""
    rows = (Known.objects.filter(seen__party=party, seen__newest=True, seen__at__lte=at,
                                 seen__assessment__imported=False)
            .order_by("-seen__at", "-seen__assessment_id")
            .values_list("seen__assessment_id", "seen__assessment__reference", "seen__assessment__sampled",
                         "seen__assessment__finding", "seen__direction", "facts"))
    found, keys = [], set()
    for each in rows[:last * 4].iterator(chunk_size=2000):
        keys.add(each[0])
        if len(keys) > last:
            break
        found.append(each)
    return found

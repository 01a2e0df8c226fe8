"""Files for others: what would be withheld, and the file itself with its manifest and an event."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.files.gathering import MOST, gather
from wildgate.apps.intelligence.files.targets import in_force
from wildgate.apps.intelligence.models.targets import Target
from wildgate.apps.intelligence.services.marking import NOT_FOUND
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import Bundle
from wildgate.sharing.leaving import Fitted, Withheld, fit

BASIS: Final = ("House rule: nothing above the target's ceiling leaves",)
NOTHING: Final = refuse("nothing-leaves", "Nothing of what you chose may leave for this target.", basis=BASIS)
WRITERS: Final[dict[str, tuple[str, Callable[[Bundle, UUID], bytes]]]] = {
    Target.Kind.MISP: ("misp.json", misp.write), Target.Kind.STIX: ("stix.json", stix.write),
    Target.Kind.PARTNER: ("stix.json", stix.write),
    Target.Kind.TWIX: ("alerts.csv", lambda bundle, watermark: twix.write(bundle)),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave, and how many things stay behind for which reason; nothing of their content."""

    target: Target
    chosen: int
    leaving: int
    withheld: tuple[tuple[Withheld, int], ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A file as it is handed out: a name and the bytes of an archive with the file and its manifest."""

    name: str
    data: bytes
    watermark: str


def preview(*, actor: Actor, numbers: Sequence[str], target: str, at: datetime) -> Preview | Refusal:
    """What of the chosen reports may leave for the target."""
    found = asked(actor, numbers, target, at)
    if isinstance(found, Refusal):
        return found
    row, bundle = found
    fitted = fitted_for(row, bundle)
    counts = Counter(fitted.withheld)
    return Preview(row, len(bundle.reports), len(fitted.bundle.reports),
                   tuple(sorted(counts.items(), key=lambda pair: (pair[0].what, pair[0].why))))


def export(*, actor: Actor, numbers: Sequence[str], target: str, at: datetime) -> Export | Refusal:
    """The file for the target: the reports that may leave, a manifest, and an event that says so."""
    found = asked(actor, numbers, target, at)
    if isinstance(found, Refusal):
        return found
    row, bundle = found
    fitted = fitted_for(row, bundle)
    if not fitted.bundle.reports:
        return NOTHING
    watermark = uuid4()
    name, write = WRITERS[row.kind]
    data = write(fitted.bundle, watermark)
    digest = hashlib.sha256(data).hexdigest()
    manifest = _manifest(actor, row, fitted.bundle, at, watermark, {"name": name, "bytes": len(data), "sha256": digest})
    with transaction.atomic():
        events.append("intelligence-exported", row.subject, party=actor.party, actor=actor.label, at=at, data={
            "what": row.kind, "rows": len(fitted.bundle.reports), "withheld": len(fitted.withheld),
            "ceiling": row.ceiling.tlp.word, "sha256": digest, "watermark": str(watermark),
            "reports": [each.number for each in fitted.bundle.reports]})
    return Export(f"{row.code}-{watermark}.zip", _packed({name: data, "manifest.json": manifest}, at), str(watermark))


def fitted_for(target: Target, bundle: Bundle) -> Fitted:
    """What of the bundle may leave for the target, in its format."""
    if target.kind != Target.Kind.TWIX:
        return fit(bundle, target.ceiling)
    fitted = fit(bundle, twix.narrowed(target.ceiling))
    left = twix.alerts(fitted.bundle)
    return Fitted(left.bundle, fitted.withheld + left.withheld)


def asked(actor: Actor, numbers: Sequence[str], target: str, at: datetime) -> tuple[Target, Bundle] | Refusal:
    """The target, and the chosen reports as far as the actor reads them; or why there is nothing to choose."""
    if selectors.member_of(actor, at) is None or not can(actor, Action.READ_INTELLIGENCE):
        return NOT_FOUND
    if refused := require(actor, Action.WORK_INTELLIGENCE):
        return refused
    row = in_force(actor.party).filter(code=target).first()
    if row is None:
        return refuse("target-unknown", "Choose a target that two people have set up.", field="target")
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST:
        return refuse("too-many-reports", "Choose at most %(most)s reports.", most=MOST, field="reports")
    bundle = gather(actor, wanted, at)
    if not bundle.reports:
        return refuse("no-reports", "Choose at least one report.", field="reports")
    return row, bundle


def _manifest(actor: Actor, target: Target, bundle: Bundle, at: datetime, watermark: UUID,
              file: dict[str, Any]) -> bytes:
    """What the recipient can check: it says nothing of what stayed behind."""
    ceiling = target.ceiling
    return json.dumps({
        "party": actor.party, "who": actor.label, "when": at.astimezone(UTC).isoformat(), "target": target.code,
        "ceiling": {"tlp": ceiling.tlp.word, "compartments": sorted(ceiling.compartments),
                    "groups": sorted(ceiling.groups), "nominal": ceiling.nominal},
        "watermark": str(watermark), "files": [file],
        "reports": [{"number": each.number, "id": str(each.uid), "tlp": each.marking.tlp.word}
                    for each in bundle.reports]}, ensure_ascii=False, indent=1).encode()


def _packed(files: dict[str, bytes], at: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()

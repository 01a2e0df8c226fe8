"""Files from others: told by their bytes, worked off by a job, each report filed for itself or refused by its place.

A report that comes in is held as its sender marked it. What the marking would keep from everybody here (AMBER+STRICT
stays with its owner) is held for the authority of whoever takes it in; the sender stands with its origin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Authority, Person
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.files.gathering import uid_under
from wildgate.apps.intelligence.files.keeping import keep
from wildgate.apps.intelligence.files.marks import Marks
from wildgate.apps.intelligence.models import Report
from wildgate.apps.intelligence.services.marking import NOT_FOUND
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.uploads.models import Upload
from wildgate.kit.uploads.services import Outcome, Progress, handles, receive
from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import Read, Remark, SharedReport
from wildgate.sharing.door import LARGEST

KIND: Final = "intelligence-file"
MOST_TOLD: Final = 500
MOST_REPORTS, MOST_THINGS = 1000, 10_000
"""In one file: what a job can file well within its lease."""
FORMATS: Final = {"stix": stix.read, "misp": misp.read, "twix": twix.read}


@dataclass(slots=True)
class Told:
    """What became of a file, for its page: numbers and places, nothing of the content."""

    filed: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, place: str, refused: Refusal) -> None:
        self.refused.append({"place": place, **refused.as_kept()})

    def remark(self, found: Iterable[Remark]) -> None:
        self.remarks += [{"place": each.place, "code": each.code, "reason": each.reason, "template": each.template,
                          "values": {"place": each.place}} for each in found][:MOST_TOLD - len(self.remarks)]


def hand_in(*, actor: Actor, parts: Iterable[bytes], name: str, sender: int, at: datetime) -> Upload | Refusal:
    """Take in a file of another system. `sender`: the authority that sent it."""
    if selectors.member_of(actor, at) is None:
        return NOT_FOUND
    if refused := require(actor, Action.WORK_INTELLIGENCE):
        return refused
    if not Authority.objects.filter(party=actor.party, pk=sender).exists():
        return refuse("sender-unknown", "Choose the authority that sent the file.", field="sender")
    return receive(parts, name, judge=judge, largest=LARGEST, party=actor.party, by=actor.label, at=at,
                   choices={"sender": sender, "person": actor.own_id})


def judge(path: Path) -> str | Refusal:
    """Whether the bytes look like one of the formats; which of them, the handler tells."""
    with path.open("rb") as file:
        begin = file.read(4096)
    return KIND if format_of(begin) else refuse(
        "file-kind", "This is no file of MISP (JSON), STIX 2.1 (JSON) or an alert table (CSV).", field="file")


def format_of(begin: bytes) -> str:
    """The format by the first bytes; empty for none of them."""
    bare = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare[:1] in (b"{", b"["):
        return "stix" if b'"bundle' in bare and b'"Event"' not in bare else "misp"
    first = bare.partition(b"\n")[0]
    return "twix" if b"," in first and b"tlp" in first and b"taxon" in first else ""


@handles(KIND)
def take(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Every report of the file that can be filed; the others are named by their place."""
    data = upload.file.read_bytes()
    sender = Authority.objects.get(pk=upload.choices["sender"], party=upload.party)
    read = FORMATS[format_of(data[:4096]) or "misp"](data, sender=sender.name)
    if isinstance(read, Refusal):
        return Upload.State.REFUSED, {"refusal": read.as_kept()}
    if refused := _too_many(read):
        return Upload.State.REFUSED, {"refusal": refused.as_kept()}
    actor = actor_of(Person.objects.get(pk=upload.choices["person"]), at.date())
    if selectors.member_of(actor, at) is None:
        return Upload.State.REFUSED, {"refusal": NOT_FOUND.as_kept()}
    Authority.objects.select_for_update().get(pk=sender.pk)  # two files of one sender are taken in one after the other
    told = Told()
    told.remark(read.remarks)
    _file(read, actor, sender, told, progress, at)
    events.append("intelligence-imported", "intelligence", party=upload.party, actor=actor.label, at=at, data={
        "sender": sender.pk, "sha256": upload.digest, "rows": len(told.filed), "refused": len(told.refused)})
    report = {"filed": told.filed, "refused": told.refused[:MOST_TOLD], "remarks": told.remarks}
    return Upload.State.DONE if told.filed or not told.refused else Upload.State.REFUSED, report


def _too_many(read: Read) -> Refusal | None:
    reports = read.bundle.reports
    things = sum(len(each.parts) + len(each.specimens) + len(each.entities) + len(each.relations) + len(each.sightings)
                 + len(each.opinions) + len(each.permits) + len(each.listings) for each in reports)
    if len(reports) <= MOST_REPORTS and things <= MOST_THINGS:
        return None
    return refuse(
        "too-many-reports", "The file has more than %(reports)s reports or %(things)s things in them; split it.",
        reports=MOST_REPORTS, things=MOST_THINGS, field="file")


def _file(read: Read, actor: Actor, sender: Authority, told: Told, progress: Progress, at: datetime) -> None:
    marks = Marks(actor, selectors.member_of(actor, at), sender, at)
    for no, report in enumerate(read.bundle.reports, 1):
        made = _one(report, actor, sender, marks, told, at)
        if isinstance(made, Refusal):
            told.refuse(f"{no}: {report.number or report.uid}"[:120], made)
        else:
            told.filed.append(made.number)
        progress(no, len(read.bundle.reports))


def _one(report: SharedReport, actor: Actor, sender: Authority, marks: Marks, told: Told,
         at: datetime) -> Report | Refusal:
    if report.number and uid_under(actor.party, report.number) == report.uid:
        return refuse("report-ours", "It is a report of ours. Nothing was changed.")
    key = f"{sender.pk} {report.uid}"
    if Report.objects.filter(party=actor.party, origin=Report.Origin.IMPORT, origin_key=key).exists():
        return refuse("report-again", "It was taken in before. Nothing was changed.")
    marking = marks.held(report.marking)
    if marking is None:
        return refuse("report-not-for-us", "It is marked for a compartment or a colour that you do not hold.")
    marks.within(marking)
    try:
        with transaction.atomic():
            made = keep(report, actor=actor, key=key, marking=marking, marks=marks, at=at)
            if isinstance(made, Refusal):
                raise _Refused(made)
    except _Refused as error:
        return error.refusal
    if marks.left:
        told.remark([Remark(made.number, "left-out", LEFT_OUT)])
    return made


LEFT_OUT: Final = "%(place)s: parts that are marked for a compartment or a colour that you do not hold were left out."


class _Refused(Exception):
    """Takes back what was begun for one report."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal

"""What an officer saw beside the quantities: seals, the container, how live animals were, photographs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.customs import crossing
from wildgate.apps.customs import device as devices
from wildgate.apps.customs.models import (
    Detail,
    DeviceKey,
    DoubleUse,
    Endorsement,
    OfflineRecord,
    Photo,
    Rejection,
    SpecimenState,
)
from wildgate.apps.customs.services.enrolling import unusable
from wildgate.apps.permits.services.attaching import JPEG, PNG, judged
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.uploads import services as files

MOST_SEALS: Final = 20
LONGEST_SEAL: Final = 30
LARGEST_PHOTO: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What was typed, read. `venomous` names blocks; `unwell` counts animals by block."""

    seals: tuple[str, ...] = ()
    container: str = ""
    note: str = ""
    venomous: frozenset[str] = frozenset()
    unwell: Mapping[str, Decimal] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.seals or self.container or self.note or self.venomous or self.unwell)


def read_seen(*, seals: str, container: str, note: str, venomous: Iterable[str],
              unwell: Mapping[str, str]) -> Seen | Refusal:
    """What the officer typed beside the quantities, or the first thing wrong with it."""
    marks = tuple(dict.fromkeys(part.strip() for part in seals.replace(";", ",").replace("\n", ",").split(",")
                                if part.strip()))
    if len(marks) > MOST_SEALS or any(len(mark) > LONGEST_SEAL or not mark.isprintable() for mark in marks):
        return refuse("seals-too-long", "Give at most %(most)s seals of at most %(longest)s characters each, separated "
                      "by commas.", most=MOST_SEALS, longest=LONGEST_SEAL, field="seals")
    if container not in ("", *Detail.Container.values):
        return refuse("missing", "Choose the state of the container.", field="container")
    if len(note.strip()) > 500:
        return refuse("too-long", "%(what)s takes at most %(longest)s characters.", what="The note", longest=500,
                      field="note")
    counted: dict[str, Decimal] = {}
    for block, text in unwell.items():
        amount = crossing.read_amount(text, "", f"unwell[{block}]")
        if isinstance(amount, Refusal):
            return amount
        if amount:
            counted[block] = amount
    return Seen(marks, container, note.strip(), frozenset(venomous), counted)


def describe(endorsement: Endorsement, seen: Seen) -> Refusal | None:
    """Write down what was seen. In the transaction of the endorsement; written once, like the endorsement itself.

    More unwell animals than moved alive are a slip of the pen: refused, and the endorsement with it.
    """
    if not seen or hasattr(endorsement, "detail"):
        return None
    Detail.objects.create(endorsement=endorsement, seals=list(seen.seals), container=seen.container, note=seen.note)
    rows = []
    for line in endorsement.lines.select_related("permit_line", "foreign_line"):
        what = line.foreign_line or line.permit_line
        block = what.block if what is not None else ""
        if seen.unwell.get(block, Decimal(0)) > (alive := line.quantity - (line.dead_on_arrival or 0)):
            return refuse("more-unwell", "On line %(block)s %(unwell)s are unwell, but only %(alive)s moved alive.",
                          block=block, unwell=plain(seen.unwell[block]), alive=plain(alive), field=f"unwell[{block}]")
        if block in seen.venomous or block in seen.unwell:
            rows.append(SpecimenState(line=line, venomous=block in seen.venomous,
                                      unwell=seen.unwell.get(block, Decimal(0))))
    SpecimenState.objects.bulk_create(rows)
    return None


def photograph(*, actor: Actor, name: str, parts: Iterable[bytes], at: datetime, endorsement: str = "",
               rejection: int = 0) -> Photo | Refusal:
    """Keep a photograph with an endorsement (by its digest) or a rejection. The same picture twice is one."""
    if refused := require(actor, Action.ENDORSE):
        return refused
    stamped = Endorsement.objects.filter(party=actor.party, digest=endorsement).first() if endorsement else None
    turned_away = Rejection.objects.filter(party=actor.party, pk=rejection).first() if rejection else None
    if (owner := stamped or turned_away) is None:
        return refuse("nothing-to-photograph", "There is no such endorsement or rejection.")
    with transaction.atomic():
        return _kept(owner, actor, name, parts, at)


def photograph_sent(*, actor: Actor, record: str, digest: str, name: str, parts: Iterable[bytes],
                    at: datetime) -> Photo | Refusal:
    """Keep a photograph that waited on a phone for a signal: only one that the officer's own signed record names.

    It stands with the endorsement that the record became, or with the case that it opened.
    """
    if refused := require(actor, Action.ENDORSE):
        return refused
    with transaction.atomic():
        found = OfflineRecord.objects.select_related("endorsement").filter(party=actor.party, digest=record).first()
        device = DeviceKey.objects.select_for_update().filter(  # sent twice at once, a picture is still one
            pk=found.device_id, officer=actor.person_id).first() if found else None
        if found is None or device is None:
            return refuse("nothing-to-photograph", "The register has no endorsement of yours that this photograph "
                          "belongs to.", basis=devices.BASIS)
        if refused := unusable(device, actor, at):
            return refused
        if digest not in found.said.get("photographs", ()):
            return refuse("photo-not-named", "The endorsement was signed without this photograph.",
                          basis=devices.BASIS)
        owner = found.endorsement or found.case
        return owner.photos.filter(digest=digest).first() or _kept(owner, actor, name, parts, at, named=digest)


def _kept(owner: Endorsement | Rejection | DoubleUse, actor: Actor, name: str, parts: Iterable[bytes], at: datetime,
          *, named: str = "") -> Photo | Refusal:
    kept = owner.photos.all()
    port = owner.record.said["port"] if isinstance(owner, DoubleUse) else owner.port
    upload = files.keep(parts, name, judge=_picture, largest=LARGEST_PHOTO, party=actor.party, by=actor.label,
                        at=at, choices={"port": port})
    if isinstance(upload, Refusal):
        return upload
    twin, fault = kept.filter(digest=upload.digest).first(), None
    if named and upload.digest != named:
        fault = refuse("photo-changed", "The photograph is not the one that was signed: it was changed on its way.",
                       basis=devices.BASIS)
    elif kept.count() >= devices.MOST_PHOTOS:
        fault = refuse("too-many-photos", "At most %(most)s photographs are kept with it.", most=devices.MOST_PHOTOS,
                       field="photos")
    if (answer := twin or fault) is not None:
        files.forget(upload.pk)
        upload.delete()
        return answer
    made = owner.photos.create(upload=upload, digest=upload.digest, added_by_id=actor.own_id, added_at=at)
    events.append("photograph-kept", _subject(owner), party=actor.party, actor=actor.label, at=at,
                  data={"digest": upload.digest, "photo": made.pk})
    return made


def _subject(owner: Endorsement | Rejection | DoubleUse) -> str:
    if isinstance(owner, Rejection):
        return owner.subject
    if isinstance(owner, DoubleUse):
        return owner.permit.subject if owner.permit else owner.record.device.subject
    paper = owner.permit or owner.foreign
    return paper.subject if paper else ""


def _picture(file: Path) -> str | Refusal:
    """A JPEG or PNG by its bytes, nothing else."""
    kind = judged(file)
    if isinstance(kind, Refusal) or kind in (JPEG, PNG):
        return kind
    return refuse("not-a-picture", "%(name)s is no JPEG or PNG picture.", name=file.name, field="photos")

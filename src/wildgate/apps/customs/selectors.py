"""What the border desk reads: a permit and what may be done now, endorsements, and the text of their labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When, prefetch_related_objects
from django.db.models.functions import Replace, Upper
from django.utils import formats
from django.utils.translation import gettext

from wildgate.apps.accounts.access import Action, Actor, can, require
from wildgate.apps.accounts.models import Role
from wildgate.apps.balances.finding import squeeze
from wildgate.apps.balances.selectors import overridden
from wildgate.apps.customs import crossing
from wildgate.apps.customs.models import (
    Correction,
    DeviceKey,
    DoubleUse,
    Endorsement,
    EndorsementLine,
    ForeignPermit,
    MissingEndorsement,
    OfflineRecord,
    Photo,
    RegisterDraw,
    Rejection,
    SpecimenState,
)
from wildgate.apps.customs.services.endorsing import usable
from wildgate.apps.customs.services.importing import needs_import_permit, why_not
from wildgate.apps.permits import selectors as permits
from wildgate.apps.permits.documents import verify_base
from wildgate.convention.lifecycle import PermitState
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.message.label import Label, write_label, write_stamp_page
from wildgate.seal.text import to_url

if TYPE_CHECKING:
    from wildgate.apps.permits.models import Permit

SIGNS = (" ", "-", "/", ".", "_", "\\")
"""What people write between the letters and digits of a number."""


@dataclass(frozen=True, slots=True)
class AtBorder:
    """A home permit as the border page shows it. `stage` is where it may be endorsed; `refusal` says why not now."""

    permit: Permit
    state: PermitState
    stage: str
    refusal: Refusal | None
    endorsement: Endorsement | None
    crossings: tuple[Endorsement, ...] = ()
    """Of a certificate for several crossings: all so far, oldest first."""
    later: tuple[Endorsement, ...] = ()
    """Of a permit for one use: what was endorsed after the first time, where the house or a supervisor let it."""

    @property
    def may_endorse(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class ForeignAtBorder:
    """A foreign paper as the border page shows it. `needs_import_permit`: some line needs one of ours to come in."""

    paper: ForeignPermit
    refusal: Refusal | None
    needs_import_permit: bool
    endorsement: Endorsement | None

    @property
    def may_endorse(self) -> bool:
        return self.refusal is None


def at_border(actor: Actor, number: str, at: datetime) -> AtBorder | None:
    """A home permit and what may be done with it now; None when there is none or the actor may not see it."""
    permit = permits.permit(actor, number)
    if permit is None:
        return None
    prefetch_related_objects([permit], "lines")
    stamped = list(endorsements_of(permit))
    many = crossing.is_for_many(permit.kind)
    stage = crossing.stage_of(permit.kind)
    if many:
        stage = crossing.way_after(stamped[-1].stage if stamped else None)
    refusal = require(actor, Action.ENDORSE, permit) or usable(permit, stage, at)
    return AtBorder(
        permit,
        permits.state_of(permit.status, permit.valid_until, at.date()),
        stage,
        refusal,
        stamped[0] if stamped and not many else None,
        tuple(stamped) if many else (),
        () if many else tuple(stamped[1:]),
    )


def foreign_at_border(actor: Actor, country: str, number: str, issued_on: date, at: datetime) -> ForeignAtBorder | None:
    """A registered foreign paper; None when there is none or the actor may not see endorsements."""
    paper = (
        ForeignPermit.objects.prefetch_related("lines")
        .filter(party=actor.party, country=country, number=number, issued_on=issued_on)
        .first()
    )
    if paper is None or not can(actor, Action.VIEW_PERMIT, paper):
        return None
    refusal = require(actor, Action.ENDORSE) or why_not(paper, at.date())
    return ForeignAtBorder(
        paper, refusal, any(map(needs_import_permit, paper.lines.all())), _full().filter(foreign=paper).first()
    )


def foreign_papers(actor: Actor, text: str = "", limit: int = 50) -> list[ForeignPermit]:
    """Foreign papers by part of their number, whatever stands between its letters and digits, those still open first;
    an empty list for who may not endorse."""
    if not can(actor, Action.ENDORSE):
        return []
    found = ForeignPermit.objects.filter(party=actor.party)
    if text:
        bare: Any = Upper("number")
        for sign in SIGNS:
            bare = Replace(bare, Value(sign), Value(""))
        like = Q(number__icontains=text)
        found = found.annotate(bare=bare).filter(like | Q(bare__contains=squeeze(text)) if squeeze(text) else like)
    return list(found.order_by("state", "-registered_at", "-pk")[:limit])


def endorsements_of(permit: Permit) -> QuerySet[Endorsement]:
    """The endorsements of one home permit, oldest first. Ask for the permit first: this does not ask who reads."""
    return _full().filter(permit=permit).order_by("pk")


def recent(actor: Actor, port: str = "", limit: int = 20) -> list[Endorsement]:
    """The newest endorsements of the home Party, at one port when given; an empty list for who may not endorse."""
    if not can(actor, Action.ENDORSE):
        return []
    found = _full().filter(party=actor.party)
    if port:
        found = found.filter(port=port)
    return list(found.order_by("-at", "-pk")[:limit])


def endorsement(actor: Actor, digest: str) -> Endorsement | None:
    """One endorsement by its digest; None when there is none or the actor may not see its permit."""
    found = _full().filter(party=actor.party, digest=digest).first()
    return found if found is not None and can(actor, Action.VIEW_PERMIT, found.permit or found.foreign) else None


def moved_before(found: Endorsement) -> dict[str, Decimal]:
    """What earlier endorsements of the same permit took of each line; nothing for a certificate of several crossings,
    of which each crossing takes the whole."""
    if found.permit is None or found.turn == 1 or crossing.is_for_many(found.permit.kind):
        return {}
    rows = EndorsementLine.objects.filter(endorsement__permit=found.permit, endorsement__turn__lt=found.turn)
    return dict(rows.values_list("permit_line__block").annotate(moved=Sum("quantity")))


def moved_lines(found: Endorsement) -> list[dict[str, Any]]:
    """Each line of the paper with what moved of it, what had moved before, and what is left over of both."""
    before = moved_before(found)
    out = []
    for line in found.lines.all():
        own = line.foreign_line or line.permit_line
        if own is None:
            continue
        earlier = before.get(own.block, Decimal(0))
        left = own.quantity - earlier - line.quantity
        out.append({
            "line": own,
            "moved": line.amount,
            "permitted": own.amount,
            "before": plain(earlier) if earlier else "",
            "left": plain(left) if left > Decimal(0) else "",
            "dead": plain(line.dead_on_arrival) if line.dead_on_arrival else "",
        })
    return out


def beside(found: Endorsement) -> dict[str, object]:
    """What stands beside an endorsement: corrections, photographs, animals. Ask for the endorsement first."""
    return {
        "corrections": list(Correction.objects.filter(line__endorsement=found)
                            .select_related("line__permit_line").order_by("pk")),
        "photos": list(found.photos.select_related("upload")),
        "overridden": overridden(found.permit, found.at) if found.permit else [],
        "animals": [{"block": getattr(each.line.foreign_line or each.line.permit_line, "block", ""),
                     "venomous": each.venomous, "unwell": plain(each.unwell) if each.unwell else ""}
                    for each in SpecimenState.objects.filter(line__endorsement=found)
                    .select_related("line__foreign_line", "line__permit_line")],
    }


def photo(actor: Actor, key: int) -> Photo | None:
    """A photograph; None when there is none or the actor may not see what it was taken with."""
    found = Photo.objects.select_related("upload", "endorsement__permit", "endorsement__foreign", "rejection",
                                           "case").filter(
        upload__party=actor.party, pk=key).first()
    if found is None:
        return None
    paper = found.endorsement and (found.endorsement.permit or found.endorsement.foreign)
    allowed = can(actor, Action.VIEW_PERMIT, paper) if paper else can(actor, Action.VIEW_DOUBLE_USE, found.case)
    return found if allowed else None


def rejections(actor: Actor, *, lifted: bool | None = None) -> QuerySet[Rejection]:
    """Rejected papers, the newest first; nothing for who may not see them."""
    found = Rejection.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_DOUBLE_USE):
        return found.none()
    if lifted is not None:
        found = found.filter(lifted_at__isnull=not lifted)
    return found.select_related("officer", "lifted_by", "permit", "foreign").order_by("-at", "-pk")


def missing(actor: Actor) -> QuerySet[MissingEndorsement]:
    """Questions about missing endorsements, open ones first, the earliest due on top."""
    found = MissingEndorsement.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_DOUBLE_USE):
        return found.none()
    return (found.select_related("foreign", "opened_by", "closed_by")
            .annotate(done=Case(When(state="asked", then=0), default=1)).order_by("done", "due_on", "pk"))


def register_draws(actor: Actor) -> QuerySet[RegisterDraw]:
    """What registers of other Parties should have; open ones first, the oldest on top."""
    found = RegisterDraw.objects.filter(party=actor.party)
    if not can(actor, Action.VIEW_DOUBLE_USE):
        return found.none()
    closed = (RegisterDraw.State.COUNTED, RegisterDraw.State.SETTLED)
    return (found.select_related("foreign", "line", "endorsement", "settled_by")
            .annotate(done=Case(When(state__in=closed, then=1), default=0)).order_by("done", "meant_at", "pk"))


def missing_by_country(actor: Actor) -> list[Any]:
    """How often each country's papers came without an endorsement, and what became of it."""
    State = MissingEndorsement.State
    return list(missing(actor).order_by().values("country").annotate(
        asked=Count("pk"), confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        denied=Count("pk", filter=Q(state=State.DENIED)), silent=Count("pk", filter=Q(state=State.SILENT)),
    ).order_by("-asked", "country")[:100])


def after_outage(party: str, begins: datetime, ends: datetime) -> dict[str, object]:
    """What was done without the system in that time and what came of it: the list to be worked off."""
    records = (OfflineRecord.objects.filter(party=party, made_at__gte=begins, made_at__lte=ends)
               .select_related("permit", "endorsement", "device__officer").order_by("made_at"))
    return {"records": list(records[:200]),
            "cases": DoubleUse.objects.filter(party=party, record__made_at__gte=begins,
                                              record__made_at__lte=ends).count()}


def alarms(actor: Actor) -> list[DoubleUse]:
    """The double-use cases that ring at this officer's post, the newest first."""
    if not can(actor, Action.ENDORSE):
        return []
    own = Q(alarms__officer_id=actor.own_id)
    if actor.station:
        own |= Q(alarms__station=actor.station)
    ringing = _cases().filter(own, party=actor.party, alarms__seen_at=None)
    return list(ringing.distinct().order_by("-opened_at", "-pk"))


def double_uses(actor: Actor, state: str = "", limit: int = 100) -> list[DoubleUse]:
    """The cases of double use, the open ones first; an empty list for who may not see them."""
    if not can(actor, Action.VIEW_DOUBLE_USE):
        return []
    found = _cases().filter(party=actor.party)
    if state:
        found = found.filter(state=state)
    return list(found.order_by("-state", "-opened_at", "-pk")[:limit])


def double_use(actor: Actor, case: int) -> DoubleUse | None:
    """One case; None when there is none or the actor may not see it."""
    found = _cases().prefetch_related("photos__upload").filter(party=actor.party, pk=case).first()
    return found if found is not None and can(actor, Action.VIEW_DOUBLE_USE, found) else None


@dataclass(frozen=True, slots=True)
class Said:
    """One of the two records of a double-use case: who says that what moved, when, where, on which papers."""

    officer: str
    station: str
    at: datetime
    transport_document: str
    amounts: tuple[tuple[str, str], ...]
    arrived_at: datetime | None = None

    @property
    def total(self) -> str:
        return ", ".join(f"{amount} ({block})" if len(self.amounts) > 1 else amount for block, amount in self.amounts)


def first_record(case: DoubleUse) -> Said | None:
    """The endorsement that stood already; None when the permit could not be used for another reason."""
    first = case.first
    if first is None:
        return None
    return Said(first.officer.name, first.port, first.at, first.transport_document, tuple(
        (line.permit_line.block if line.permit_line else "", line.amount) for line in first.lines.all()))


def second_record(case: DoubleUse) -> Said:
    """What the device signed without a signal."""
    record, said = case.record, case.record.said
    blocks = [line.block for line in case.permit.lines.all()] if case.permit else []
    amounts = tuple((blocks[at] if at < len(blocks) else str(at + 1), amount)
                    for at, amount in enumerate(said["quantities"]))
    return Said(record.device.officer.name, said["port"], record.made_at, said["transport_document"], amounts,
                record.arrived_at)


def in_words(case: DoubleUse) -> str:
    """The alarm as a sentence: both posts, both times, both quantities."""
    first, second = first_record(case), second_record(case)
    number = case.permit.number if case.permit else case.record.said["number"]
    if first is None:
        return gettext("%(number)s: %(station)s endorsed %(amount)s on %(date)s without a signal.") % {
            "number": number, "station": second.station, "amount": second.total, "date": date_format(second.at)}
    return gettext(
        "%(number)s: %(first)s endorsed %(moved)s on %(when)s, and %(second)s endorsed %(amount)s on %(date)s without "
        "a signal."
    ) % {"number": number, "first": first.station, "moved": first.total, "when": date_format(first.at),
         "second": second.station, "amount": second.total, "date": date_format(second.at)}


def date_format(at: datetime) -> str:
    """Day and minute in UTC, in the reader's language."""
    return f"{formats.date_format(at.astimezone(UTC), 'j F Y, H:i')} UTC"


def _cases() -> QuerySet[DoubleUse]:
    return DoubleUse.objects.select_related(
        "permit", "first__officer", "record__device__officer", "closed_by"
    ).prefetch_related("first__lines__permit_line", "alarms__seen_by", "alarms__officer")


def devices(actor: Actor, limit: int = 100) -> list[DeviceKey]:
    """Enrolled devices, the newest first: an officer's own, all of the Party for administrators and auditors."""
    if not can(actor, Action.VIEW_DEVICES):
        return []
    found = DeviceKey.objects.filter(party=actor.party).select_related("officer", "revoked_by")
    if not actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
        found = found.filter(officer_id=actor.own_id)
    return list(found.order_by("-enrolled_at", "-pk")[:limit])


def label_text(found: Endorsement) -> str:
    """What the QR code of the endorsement's label says: the address of the check page and the sealed digits."""
    return to_url(verify_base(), found.seal)


def label_of(found: Endorsement) -> Label:
    """What the printed label says. The station is a place; nobody's name is on it."""
    paper = found.permit if found.foreign is None else found.foreign
    if paper is None:
        raise ValueError(f"endorsement {found.pk} stands on no paper")
    lines = [(line.foreign_line or line.permit_line, line.quantity) for line in found.lines.all()]
    return Label(
        party=found.party, number=paper.number, stage=found.stage, station=found.port, at=found.at,
        transport_document=found.transport_document, packages=found.packages, token=found.seal,
        digest=bytes.fromhex(found.digest),
        moved=tuple((line.block, amount, line.unit) for line, amount in lines if line is not None),
        turn=found.turn if found.permit is not None and crossing.is_for_many(found.permit.kind) else 0)


def label_pdf(found: Endorsement) -> bytes:
    """The label to print, A7."""
    return write_label(label_of(found), base_url=verify_base())


def crossings_pdf(permit: Permit) -> bytes | None:
    """The stamp page of a certificate for several crossings; None while there is none."""
    stamped = [label_of(each) for each in endorsements_of(permit)]
    if not stamped or not crossing.is_for_many(permit.kind):
        return None
    return write_stamp_page(stamped, base_url=verify_base())


def _full() -> QuerySet[Endorsement]:
    return Endorsement.objects.select_related("permit", "foreign", "officer").prefetch_related(
        "lines__permit_line", "lines__foreign_line"
    )

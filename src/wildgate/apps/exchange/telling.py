"""What happened here to a permit, put in line for the partners whom it concerns: within the minute, by a job.

The other country of the transaction hears of everything from the issue on, and whoever has taken the permit of every
change, as far as the agreement with each goes. For all others there is the signed status list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from wildgate.apps.customs.crossing import is_for_many
from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.customs.services.accounts import WRITTEN_BACK
from wildgate.apps.exchange import outbox, quantities
from wildgate.apps.exchange.models import LegalAct, Message, Taken
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import may
from wildgate.apps.partners.selectors import partner as partner_of
from wildgate.apps.permits.models import Permit
from wildgate.convention.lifecycle import PermitAct as A
from wildgate.convention.permit import plain
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.models import Event

K = Message.Kind
KIND_OF: Final[Mapping[str, str]] = {
    A.ISSUED.value: K.ISSUED.value,
    A.EXPORT_ENDORSED.value: K.ENDORSED.value, A.IMPORT_ENDORSED.value: K.ENDORSED.value,
    WRITTEN_BACK: K.ENDORSED.value,
    A.CANCELLED.value: K.CANCELLED.value, A.RETURNED.value: K.CANCELLED.value, A.REPLACED.value: K.REPLACED.value,
    A.CROSSING_ENDORSED.value: K.STATUS.value, A.ENDORSEMENT_WITHDRAWN.value: K.STATUS.value,
    A.SUSPENDED.value: K.STATUS.value, A.REINSTATED.value: K.STATUS.value, A.LOST.value: K.STATUS.value,
}
"""What a partner is told of each thing that happens to a permit."""
MOVES: Final = frozenset({A.EXPORT_ENDORSED.value, A.IMPORT_ENDORSED.value, A.CROSSING_ENDORSED.value})


def tell(event: Event, *, at: datetime) -> int:
    """Put one event in line for whom it concerns; how many partners. Run again, it is in line already."""
    told = json.loads(event.data)
    if event.subject.startswith("foreign:"):
        return _paper(event, told, at)
    number = event.subject.removeprefix("permit:").rpartition("/")[0]
    permit = Permit.objects.select_related("status").filter(party=event.party, number=number).first()
    return 0 if permit is None else _permit(event, permit, told, at)


def _permit(event: Event, permit: Permit, told: dict[str, Any], at: datetime) -> int:
    kind, many = KIND_OF[event.kind], 0
    with transaction.atomic():
        if event.kind in MOVES:
            _acts(event, permit.party, permit.number, permit.seal_digest, told)
        if event.kind == WRITTEN_BACK:
            many = _imported_with(event, told, at)
            if is_for_many(permit.kind):
                return many
        for partner in concerned(permit):
            if _granted(partner, permit, kind, at):
                made = outbox.queue(
                    partner=partner, kind=kind, issuer=permit.party, number=permit.number, at=event.at,
                    cause=f"{event.kind}#{event.seq}", data=_data(permit, kind, told, event))
                many += made is not None
            if kind == K.ENDORSED.value:
                quantities.compare(partner.code, permit.party, permit.number, at)
    return many


def concerned(permit: Permit) -> list[Partner]:
    """The other country of the transaction, and whoever has taken the permit."""
    codes = {permit.importer_country, permit.exporter_country, *Taken.objects.filter(permit=permit).values_list(
        "partner", flat=True)} - {permit.party, ""}
    found = (partner_of(code) for code in sorted(codes))
    return [each for each in found if each is not None and each.suspended_at is None and each.tier]


def _granted(partner: Partner, permit: Permit, kind: str, at: datetime) -> bool:
    """What became of it takes the right to be told; the permit itself takes the right to have it as well."""
    of = DocumentKind(permit.kind)
    if may(partner, "told", of, at) is not None:
        return False
    return kind not in outbox.WITH_BODY or may(partner, "get", of, at) is None


def _data(permit: Permit, kind: str, told: Mapping[str, Any], event: Event) -> dict[str, Any]:
    data: dict[str, Any] = {"state": permit.status.state, "since": event.at.isoformat(timespec="seconds")}
    if kind == K.ENDORSED.value:
        data |= {"positions": _positions(permit.party, permit.number), "port": told.get("port", ""),
                 "endorsement": told.get("endorsement", "")}
    if kind == K.REPLACED.value:
        data["by"] = told.get("by", "")
    return data


def _positions(issuer: str, number: str) -> dict[str, list[str]]:
    return {each.block: [plain(each.quantity), each.unit] for each in quantities.counted(issuer, number)}


def _paper(event: Event, told: Mapping[str, Any], at: datetime) -> int:
    """Another Party's paper: its presentation and its import here; the issuer hears what we counted."""
    country, _, rest = event.subject.removeprefix("foreign:").partition("/")
    number, _, issued_on = rest.rpartition("/")
    paper = ForeignPermit.objects.filter(party=event.party, country=country, number=number, issued_on=issued_on).first()
    if paper is None:
        return 0
    with transaction.atomic():
        _acts(event, country, number, paper.digest, told)
        return _confirm(paper, event, told, at) if event.kind == A.IMPORT_ENDORSED.value else 0


def _imported_with(event: Event, told: Mapping[str, Any], at: datetime) -> int:
    """The import was corrected in the books of our own permit: the issuer of the paper that came with it hears too."""
    found = Endorsement.objects.filter(party=event.party, digest=told.get("endorsement", "")).exclude(foreign=None)
    return sum(_confirm(each.foreign, event, told, at) for each in found.select_related("foreign") if each.foreign)


def _confirm(paper: ForeignPermit, event: Event, told: Mapping[str, Any], at: datetime) -> int:
    """Hold our count of another Party's paper against the issuer's, and tell it."""
    country, number, partner = paper.country, paper.number, partner_of(paper.country)
    if partner is None or not partner.tier:
        return 0
    quantities.compare(partner.code, country, number, at)
    if may(partner, "told", None, at) is not None:
        return 0
    made = outbox.queue(partner=partner, kind=K.CONFIRMED.value, issuer=country, number=number, at=event.at,
                        cause=f"{event.kind}#{event.seq}", data={
                            "positions": _positions(country, number), "port": told.get("port", ""),
                            "since": event.at.isoformat(timespec="seconds")})
    return int(made is not None)


def _acts(event: Event, issuer: str, number: str, digest: str, told: Mapping[str, Any]) -> None:
    """An endorsement is presentation and validation in one; a registered paper was presented (W2-3)."""
    acts = [LegalAct.Act.PRESENTED] if event.kind not in MOVES else [LegalAct.Act.PRESENTED, LegalAct.Act.VALIDATED]
    if issuer != settings.PARTY and event.kind in MOVES:
        acts = [LegalAct.Act.VALIDATED]
    LegalAct.objects.bulk_create([LegalAct(
        party=event.party, issuer=issuer, number=number, act=act, seq=event.seq, where=told.get("port", "")[:60],
        how="endorsed" if event.kind in MOVES else "registered", digest=digest, at=event.at, who=event.actor,
        quantities=told.get("quantities", {}) if act == LegalAct.Act.VALIDATED else {}) for act in acts],
        ignore_conflicts=True)

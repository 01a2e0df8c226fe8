"""A register of many permits, as after years of work: what the pages of a desk are timed with."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

HOLDERS, BATCH = 2_000, 5_000
TAXA = ("Crocodylus novaeguineae", "Crocodylus porosus", "Varanus salvator", "Python reticulatus", "Aloe ferox",
        "Galanthus elwesii", "Hippopotamus amphibius", "Pericopsis elata", "Prunus africana", "Psittacus erithacus")
OPEN = ("submitted", "in-review", "asked", "with-scientist", "approved", "countersigned")


def fill(people: Mapping[str, Any], permits: int, *, seed: int = 7) -> tuple[str, str]:
    """Add `permits` issued permits (a fiftieth as many open cases) to the register of QM, with their events; six in ten
    have left.

    They are copies of one that was really issued and endorsed, with other numbers, holders, taxa and days; the chain of
    events holds. Returns the number of an open case and of a permit in the middle.
    """
    from tests.cast import issued, submitted

    from wildgate.apps.customs import services as customs
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Application, Permit
    now, chance = datetime.now(UTC), random.Random(seed)
    first = issued(people, now - timedelta(days=1))
    customs.endorse(actor=people["jean"], number=first.number, stage="export", port="Kivu-2", transport_document="1",
                    quantities={"A": first.lines.get().quantity}, at=now)
    case = submitted(people, now - timedelta(hours=5))
    services.take(actor=people["amina"], case=case, at=now)
    model = Permit.objects.select_related("application").get(pk=first.pk)
    opened = Application.objects.get(number=case)
    holders = _holders(now)
    for start in range(0, permits, BATCH):
        with transaction.atomic():
            _batch(model, holders, range(start, min(permits, start + BATCH)), now, chance)
            _events(model, range(start, min(permits, start + BATCH)), now)
            _open_cases(opened, holders, range(start // 50, min(permits, start + BATCH) // 50), now, chance)
    return case, _number(permits // 2)


def _number(i: int) -> str:
    return f"25QM{i:06d}E"


def _holders(now: datetime) -> list[int]:
    from wildgate.apps.accounts.models import Organisation
    Organisation.objects.bulk_create([
        Organisation(party="QM", name=f"Firm {i:04d} Ltd", address=f"{i} Harbour Road, Lacuna", country="QM")
        for i in range(HOLDERS)])
    return list(Organisation.objects.filter(name__startswith="Firm ").values_list("pk", flat=True))


def _day(i: int, now: datetime) -> datetime:
    """Spread over five years, the newest last."""
    return now - timedelta(minutes=26 * (100_000 - i % 100_000))


def _application(model: Any, number: str, holder: int, taxon: str, at: datetime, state: str) -> Any:
    row = copy(model)
    row.pk = row.id = None
    row._state = type(model._state)()
    row.number, row.organisation_id, row.state = number, holder, state
    ruling = json.loads(json.dumps(model.ruling))
    for line in ruling["lines"]:
        line["taxon"] = line["accepted"] = taxon
    row.ruling, row.started_at, row.submitted_at, row.changed_at = ruling, at, at, at
    return row


def _batch(model: Any, holders: list[int], numbers: range, now: datetime, chance: random.Random) -> None:
    from wildgate.apps.permits.models import Application, Opinion, Permit, PermitLine, PermitStatus
    line, taxa = model.lines.get(), {i: chance.choice(TAXA) for i in numbers}
    owners = {i: chance.choice(holders) for i in numbers}
    applications = Application.objects.bulk_create([
        _application(model.application, f"QM-A-2025-{i:06d}", owners[i], taxa[i], _day(i, now), "issued")
        for i in numbers])
    _about(applications, taxa.values())
    Opinion.objects.bulk_create([
        Opinion(application=application, positive=True, text="Harvest is far below growth.", at=application.changed_at,
                person_id=application.started_by_id) for application in applications[::10]])
    permits = []
    for i, application in zip(numbers, applications, strict=True):
        permit = copy(model)
        permit.pk = permit.id = None
        permit._state = type(model._state)()
        permit.number, permit.application, permit.organisation_id = _number(i), application, owners[i]
        permit.issued_at, permit.valid_until = _day(i, now), _day(i, now).date() + timedelta(days=180)
        permit.shard, permit.status_index = f"25Q{i // 100_000}/0", i
        permit.record_json = model.record_json.replace(model.number, permit.number)
        permits.append(permit)
    permits = Permit.objects.bulk_create(permits)
    lines = PermitLine.objects.bulk_create([
        PermitLine(permit=permit, block="A", position=0, taxon=taxa[i], appendix=line.appendix, term=line.term,
                   quantity=Decimal(chance.randint(1, 900)), unit=line.unit, source=line.source, origin="QM")
        for i, permit in zip(numbers, permits, strict=True)])
    PermitStatus.objects.bulk_create([
        PermitStatus(permit=permit, state=chance.choice(("used", "used", "export-endorsed", "valid", "cancelled")),
                     changed_at=permit.issued_at) for permit in permits])
    _endorsed(model, [line for i, line in zip(numbers, lines, strict=True) if i % 10 < 6], now)


def _endorsed(model: Any, lines: list[Any], now: datetime) -> None:
    """Nine days after they were issued, all that they allow has left. Nothing has where the model was not endorsed."""
    from wildgate.apps.customs.models import Endorsement, EndorsementLine
    first, made = model.endorsements.first(), []
    if first is None:
        return
    for line in lines:
        row = copy(first)
        row.pk = row.id = None
        row._state = type(first._state)()
        row.permit, row.at = line.permit, min(line.permit.issued_at + timedelta(days=9), now)
        made.append(row)
    EndorsementLine.objects.bulk_create([
        EndorsementLine(endorsement=endorsement, permit_line=line, quantity=line.quantity)
        for endorsement, line in zip(Endorsement.objects.bulk_create(made), lines, strict=True)])


def _about(applications: Iterable[Any], taxa: Iterable[str]) -> None:
    from wildgate.apps.permits.models import CaseTaxon
    CaseTaxon.objects.bulk_create([CaseTaxon(application=application, taxon=taxon)
                                   for application, taxon in zip(applications, taxa, strict=True)])


def _open_cases(model: Any, holders: list[int], numbers: range, now: datetime, chance: random.Random) -> None:
    from wildgate.apps.permits.models import Application
    taxa = [chance.choice(TAXA) for _ in numbers]
    _about(Application.objects.bulk_create([
        _application(model, f"QM-A-2024-{i:06d}", chance.choice(holders), taxon,
                     now - timedelta(hours=i % 900), chance.choice(OPEN))
        for i, taxon in zip(numbers, taxa, strict=True)]), taxa)


def _events(model: Any, numbers: range, now: datetime) -> None:
    """Three events for each permit, linked into the chain."""
    from wildgate.kit import events
    from wildgate.kit.models import Event
    head, made = events.lock_head("QM"), []
    for i in numbers:
        for kind, subject in (("submit", f"application:QM-A-2025-{i:06d}"), ("issue", f"application:QM-A-2025-{i:06d}"),
                              ("permit-issued", f"permit:{_number(i)}/{_day(i, now).date()}")):
            event = Event(party="QM", seq=head.seq + 1, at=_day(i, now), actor=f"person:{i % 7 + 1}", kind=kind,
                          subject=subject, data="{}", previous=head.hash)
            event.hash = events.link_hash(event)
            head.seq, head.hash = event.seq, event.hash
            made.append(event)
    Event.objects.bulk_create(made)
    head.save()

"""A consignment gets its lane: facts and opinions first, then, with the shifts locked, who gets the boxes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from wildgate.apps.risk import seeds
from wildgate.apps.risk.facts import Batch, gather
from wildgate.apps.risk.judging import Judge, Opinion, in_force
from wildgate.apps.risk.learning import Speaker, speaker_of
from wildgate.apps.risk.limits import Shift, capacities, limits_of, shift_at
from wildgate.apps.risk.models import (
    Assessment,
    DrawnBy,
    Hit,
    Known,
    Lane,
    Limits,
    Profile,
    Score,
    Seed,
    Seen,
    Slot,
    Trusted,
    TrustUsed,
)
from wildgate.apps.risk.placing import Placed, place
from wildgate.apps.risk.rows import kept_facts, seen
from wildgate.apps.risk.services.profiles import load_shipped
from wildgate.apps.species.registry import law_of
from wildgate.kit import events
from wildgate.targeting.consignment import Consignment
from wildgate.targeting.profiles import Profile as EngineProfile

GIVEN = "lane-given"
LONGEST = 70


@dataclass
class Round:
    """Everything that holds for one call: the day's seed, the house's values, the model that speaks or not."""

    party: str
    at: datetime
    seed: Seed
    limits: Limits
    speaker: Speaker
    batch: Batch


def assess(*, consignment: Consignment, at: datetime) -> Assessment:
    """The lane of this version of the consignment. The same version asked again gets the same row."""
    return assess_all(consignments=[consignment], at=at)[0]


def assess_all(*, consignments: Sequence[Consignment], at: datetime) -> list[Assessment]:
    """Lanes for many at once, in their order: the boxes of a shift go to those with the most priority among them."""
    if not consignments:
        return []
    party, at = consignments[0].party, at.astimezone(UTC)
    consignments = [each if len(each.reference) <= LONGEST else replace(each, reference=short(each.reference))
                    for each in consignments]
    known = _known(consignments)
    fresh = list({said.reference: said for said in consignments if said.reference not in known}.values())
    if fresh:
        seed, speaker = seeds.seed_of(party, at.date(), at), speaker_of(party)
        batch = Batch(party, at, law_of(party), fresh)
        now = Round(party, at, seed, limits_of(party), speaker, batch)
        judge = Judge(gather(batch), now.limits, _speaking(party, at), speaker)
        opinions = [judge.opinion(said) for said in fresh]
        try:
            known |= _settle(now, opinions)
        except IntegrityError:  # another door assessed one of them at the same moment: look again, then settle the rest
            known |= _known(fresh)
            known |= _settle(now, [each for each in opinions if each.said.reference not in known])
    return [known[said.reference] for said in consignments]


def _speaking(party: str, at: datetime) -> list[tuple[Profile, EngineProfile]]:
    """The profiles in force; a Party that has none at all gets those that come with the program."""
    found = in_force(party, at.date())
    return found if found or not load_shipped(party, at) else in_force(party, at.date())


def _known(consignments: Sequence[Consignment]) -> dict[str, Assessment]:
    """Those that were assessed just as they are."""
    digests = {said.reference: digest_of(said) for said in consignments}
    rows = Assessment.objects.filter(party=consignments[0].party, reference__in=list(digests), newest=True)
    return {row.reference: row for row in rows if row.digest == digests[row.reference]}


def _settle(now: Round, opinions: list[Opinion]) -> dict[str, Assessment]:
    """With the shifts locked: place the opinions, keep the rows, count the boxes."""
    if not opinions:
        return {}
    posts = capacities(now.party)
    by_shift: dict[Shift, list[Opinion]] = defaultdict(list)
    with transaction.atomic():
        before = {row.reference: row for row in Assessment.objects.select_for_update().filter(
            party=now.party, reference__in=[each.said.reference for each in opinions], newest=True).order_by("pk")}
        found = {row.reference: row for opinion in opinions
                 if (row := before.get(opinion.said.reference)) and row.digest == digest_of(opinion.said)}
        for opinion in opinions:
            if opinion.said.reference not in found:
                by_shift[shift_at(posts, opinion.said.post[:60], now.at)].append(opinion)
        made: dict[str, Assessment] = {}
        for shift in sorted(by_shift, key=lambda each: (each.post, each.day, each.name)):
            slot = _locked(now, shift)
            _free(slot, [row for each in by_shift[shift] if (row := before.get(each.said.reference))])
            placed = place(by_shift[shift], slot, now.seed, now.limits)
            slot.save(update_fields=["taken", "taken_papers", "taken_random"])
            made |= _keep(now, slot, placed, before)
        if made:
            _tell(now, list(made.values()))
    return found | made


def _locked(now: Round, shift: Shift) -> Slot:
    """The shift's row, made once, locked until the lanes are given."""
    key = {"party": now.party, "post": shift.post, "day": shift.day, "shift": shift.name}
    Slot.objects.bulk_create([Slot(**key, boxes=shift.boxes, papers=shift.papers)], ignore_conflicts=True)
    return Slot.objects.select_for_update().get(**key)


def _free(slot: Slot, before: list[Assessment]) -> None:
    """A new version gives the box of the one before back, unless it was opened already."""
    for row in before:
        if row.result_at is not None:
            continue
        free = {"taken": int(row.takes_box), "taken_papers": int(row.takes_papers),
                "taken_random": int(row.drawn_by == DrawnBy.RANDOM)}
        if row.slot_id == slot.pk:
            for name, number in free.items():
                setattr(slot, name, getattr(slot, name) - number)
        elif row.slot_id:
            Slot.objects.filter(pk=row.slot_id).update(**{name: F(name) - number for name, number in free.items()})


def _keep(now: Round, slot: Slot, placed: list[Placed], before: dict[str, Assessment]) -> dict[str, Assessment]:
    old = [row.pk for each in placed if (row := before.get(each.opinion.said.reference))]
    if old:
        Assessment.objects.filter(pk__in=old).update(newest=False)
        Seen.objects.filter(assessment__in=old).update(newest=False)
    rows = Assessment.objects.bulk_create([_row(now, slot, each, before.get(each.opinion.said.reference))
                                           for each in placed])
    pairs = list(zip(rows, placed, strict=True))
    items = [(each.opinion, item, seen(now.batch, row, each.opinion.said, item))
             for row, each in pairs for item in {item.number: item for item in each.opinion.said.items}.values()]
    Seen.objects.bulk_create([made for _, _, made in items])
    Known.objects.bulk_create([Known(seen=made, facts=kept_facts(opinion.facts[item.number]))
                               for opinion, item, made in items])
    Hit.objects.bulk_create([
        Hit(party=now.party, profile=profile, assessment=row, item=item, points=points, counted=counted, at=now.at)
        for row, each in pairs for profile, item, points, counted in each.opinion.hits])
    if now.speaker.key is not None:
        Score.objects.bulk_create([
            Score(party=now.party, assessment=row, model_id=now.speaker.key, score=each.opinion.score,
                  parts=[] if row.lane == Lane.GREEN else now.speaker.parts(row.reference, each.opinion.scored))
            for row, each in pairs if each.opinion.score is not None])
    _note_trust(now, pairs)
    return {row.reference: row for row in rows}


def _row(now: Round, slot: Slot, placed: Placed, before: Assessment | None) -> Assessment:
    said, opinion = placed.opinion.said, placed.opinion
    return Assessment(
        party=now.party, reference=said.reference[:70], version=before.version + 1 if before else 1,
        digest=digest_of(said), direction=said.direction[:12], procedure=said.procedure[:10], post=said.post[:60],
        slot=slot, day=now.at.date(), lodged_at=said.lodged_at, at=now.at, lane=placed.lane,
        otherwise=placed.otherwise, drawn_by=placed.drawn_by, ticket=placed.ticket,
        sampled=placed.chosen.sampled, chance=placed.chosen.chance,
        takes_box=placed.takes_box, takes_papers=placed.takes_papers, crowded_out=placed.chosen.crowded_out,
        points=round(opinion.points), grounds=[*placed.more, *opinion.grounds][:40], without_model=now.speaker.fault,
        trusted=opinion.trusted, customs_lane=before.customs_lane if before else "")


def _note_trust(now: Round, pairs: list[tuple[Assessment, Placed]]) -> None:
    """Every consignment of a trusted firm is a use of the lane, whether it helped or not."""
    traders = {now.batch.keys[row.reference].trader for row, _ in pairs} - {""}
    trusted = {row.trader: row for row in Trusted.objects.filter(party=now.party, lost_at=None, trader__in=traders)}
    TrustUsed.objects.bulk_create([
        TrustUsed(party=now.party, trusted=trusted[trader], assessment=row, month=now.at.date().replace(day=1),
                  lowered=bool(each.opinion.weight), at=now.at)
        for row, each in pairs if (trader := now.batch.keys[row.reference].trader) in trusted])


def _tell(now: Round, rows: list[Assessment]) -> None:
    """One event: the lane of one consignment, or the number and the digest of the lanes of many."""
    if len(rows) == 1:
        row = rows[0]
        events.append(GIVEN, row.subject, party=now.party, actor=events.SYSTEM, at=now.at, data={
            "lane": row.lane, "by": row.drawn_by, "version": row.version, "ticket": row.ticket})
        return
    names = "\n".join(sorted(f"{row.reference} {row.version} {row.lane} {row.drawn_by}" for row in rows))
    events.append(GIVEN, f"risk-batch:{now.at:%Y-%m-%d}", party=now.party, actor=events.SYSTEM, at=now.at, data={
        "consignments": len(rows), "red": sum(row.lane == Lane.RED for row in rows),
        "digest": hashlib.sha256(names.encode()).hexdigest()})


def short(reference: str) -> str:
    """A reference that the column can hold; a longer one ends in its digest."""
    if len(reference) <= LONGEST:
        return reference
    return f"{reference[:LONGEST - 17]}~{hashlib.sha256(reference.encode()).hexdigest()[:16]}"


def digest_of(said: Consignment) -> str:
    """SHA-256 of all that was declared."""
    return hashlib.sha256(repr(said).encode()).hexdigest()

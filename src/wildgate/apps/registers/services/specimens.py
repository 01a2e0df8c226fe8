"""A holder's account: specimens with their marks, births from own parents, deaths, new marks, powers of attorney."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.registers.models import Attorney, Mark, Operation, Specimen
from wildgate.apps.registers.services.telling import Happened, at_hand, locked, own, tell
from wildgate.apps.species.registry import law_of
from wildgate.convention import marks as law_of_marks
from wildgate.convention import tables
from wildgate.convention.marks import MarkKind, read_marks
from wildgate.convention.operations import key_of
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Rank, Unknown
from wildgate.convention.vocabulary import Kingdom, Source
from wildgate.kit.numbering import next_number

YOUNGEST_PARENT = timedelta(days=60)
"""House rule: no listed animal with a mark of its own is known to breed sooner; a slip in a year shows up here."""
MOST_MARKS = 6
LATEST_REPORT = timedelta(days=730)
"""House rule: a birth is told within two years; an older animal is registered as it was acquired."""
BRED = (Source.CAPTIVE_BRED, Source.REGISTERED, Source.BORN)


@dataclass(frozen=True, slots=True)
class NewSpecimen:
    """A specimen as its holder declares it. `marks`: one a row, with its kind (`closed ring QM-12`)."""

    taxon: str
    marks: str
    source: str
    acquired: str
    acquired_on: date
    origin: str = ""
    sex: str = Specimen.Sex.UNKNOWN.value
    born: date | None = None
    operation: str = ""
    document: str = ""


def register_specimen(*, actor: Actor, organisation: int, new: NewSpecimen, at: datetime) -> Specimen | Refusal:
    """Declare a specimen; it counts as declared until an officer confirms it."""
    holder = Organisation.objects.filter(party=actor.party, pk=organisation).first()
    if holder is None or organisation not in actor.organisations:
        return refuse("not-allowed", "You may not keep specimens for this organisation: you hold no post in it.")
    if no := require(actor, Action.KEEP_SPECIMENS) or _fault(new, at.date()):
        return no
    taxon = law_of(actor.party).resolve(new.taxon)
    if isinstance(taxon, Unknown) or taxon.rank not in (Rank.SPECIES, Rank.SUBSPECIES, Rank.HYBRID):
        return refuse("taxon-unknown", "%(name)s is not the name of a species in the tables.", name=new.taxon[:80],
                      field="taxon", suggestions=law_of(actor.party).suggest(new.taxon[:80]))
    if no := _source_fault(new.source, taxon.kingdom):
        return no
    operation = _operation(actor.party, new)
    if isinstance(operation, Refusal):
        return operation
    row = Specimen(party=actor.party, organisation=holder, taxon=taxon.name, source=new.source, sex=new.sex,
                   born=new.born, origin=new.origin or actor.party, operation=operation, acquired=new.acquired,
                   acquired_on=new.acquired_on, document=new.document.strip()[:120], registered_at=at)
    return _enter(row, new.marks, Happened.REGISTERED, on=at.date(), actor=actor, at=at)


def _fault(new: NewSpecimen, today: date) -> Refusal | None:
    if new.acquired not in Specimen.Acquired.values:
        return refuse("missing", "Write %(what)s.", what="how it was acquired", field="acquired")
    if new.sex not in Specimen.Sex.values:
        return refuse("missing", "Write %(what)s.", what="its sex", field="sex")
    if new.acquired_on > today:
        return refuse("date-ahead", "%(day)s is still to come.", day=new.acquired_on, field="acquired_on")
    if new.born is not None and new.born > new.acquired_on:
        return refuse("born-after-acquired", "It was born on %(born)s, after it was acquired on %(acquired)s.",
                      born=new.born, acquired=new.acquired_on, field="born")
    if new.origin and tables.country(new.origin) is None:
        return refuse("country-unknown", "%(country)s is not a country code.", country=new.origin[:10], field="origin")
    return None


def _source_fault(source: str, kingdom: Kingdom) -> Refusal | None:
    if source in set(Source) and ((rules := tables.source_rules(source)) is None or kingdom in rules.kingdoms):
        return None
    return refuse("source-wrong", "Source %(source)s does not stand for such specimens.", source=source[:4],
                  field="source")


def _operation(party: str, new: NewSpecimen) -> Operation | Refusal | None:
    if not new.operation.strip():
        return None
    found = Operation.objects.filter(party=party, country=new.origin or party, key=key_of(new.operation)).first()
    return found or refuse("operation-unknown", "Operation %(number)s is not in the register: give the number of the "
                           "operation that bred or grew the specimens.", number=new.operation[:40], field="operation")


def birth(*, actor: Actor, mother: str, father: str, marks: str, sex: str, born: date, document: str = "",
          at: datetime) -> Specimen | Refusal:
    """A birth in the account: the mother, and the father where he is known, are the holder's own."""
    if born > at.date() or born < at.date() - LATEST_REPORT:
        return refuse("birth-date", "A birth is told within two years, and not before it happened: %(day)s.", day=born,
                      field="born")
    if sex not in Specimen.Sex.values:
        return refuse("missing", "Write %(what)s.", what="its sex", field="sex")
    with transaction.atomic():
        parents = _parents(actor, mother, father)
        if isinstance(parents, Refusal):
            return parents
        for parent, field in zip(parents, ("mother", "father"), strict=False):
            if no := _parent_fault(parent, born, field):
                return no
        dam, sire = parents[0], parents[1] if len(parents) > 1 else None
        if sire is not None and sire.taxon != dam.taxon:
            return refuse("parents-differ", "The parents are not of one taxon: %(mother)s and %(father)s.",
                          mother=dam.taxon, father=sire.taxon, field="father")
        row = Specimen(party=dam.party, organisation_id=dam.organisation_id, taxon=dam.taxon,
                       source=_source_of(dam, sire).value, sex=sex, born=born, origin=dam.party,
                       operation=dam.operation, mother=dam, father=sire, acquired=Specimen.Acquired.BRED.value,
                       acquired_on=born, document=document.strip()[:120], registered_at=at)
        return _enter(row, marks, Happened.BIRTH, on=born, actor=actor, at=at)


def _parents(actor: Actor, mother: str, father: str) -> list[Specimen] | Refusal:
    """The parents, locked in the order of their numbers."""
    numbers = [number for number in (mother.strip(), father.strip()) if number]
    if not mother.strip():
        return refuse("missing", "Write %(what)s.", what="the mother's number", field="mother")
    if len(set(numbers)) < len(numbers):
        return refuse("parents-same", "Mother and father are two specimens.", field="father")
    found: dict[str, Specimen] = {}
    for number in sorted(numbers):
        parent = own(actor, number)
        if isinstance(parent, Refusal):
            return parent
        found[number] = parent
    return [found[number] for number in numbers]


def _parent_fault(parent: Specimen, born: date, field: str) -> Refusal | None:
    """What makes this parent impossible on that day."""
    wrong_sex = Specimen.Sex.MALE if field == "mother" else Specimen.Sex.FEMALE
    if parent.sex == wrong_sex:
        return refuse("parent-sex", "%(number)s is registered as %(sex)s.", number=parent.number, field=field,
                      sex="male" if wrong_sex is Specimen.Sex.MALE else "female")
    if field == "mother" and parent.acquired_on > born:
        return refuse("mother-later", "%(number)s came into the account on %(day)s, after the birth.",
                      number=parent.number, day=parent.acquired_on, field=field)
    if parent.born is not None and parent.born + YOUNGEST_PARENT > born:
        return refuse("parent-too-young", "%(number)s was born on %(day)s: too young to be a parent.",
                      number=parent.number, day=parent.born, field=field)
    gone = parent.events.filter(kind__in=[Happened.DEATH, Happened.LOST, Happened.EXPORTED]).order_by("id").last()
    if field == "mother" and parent.state != Specimen.State.ALIVE and gone is not None and gone.on < born:
        return refuse("mother-gone", "%(number)s was no longer in the account on that day.", number=parent.number,
                      field=field)
    return None


def _source_of(mother: Specimen, father: Specimen | None) -> Source:
    """Bred in captivity needs both parents bred or born so; else it is born in captivity (Res. Conf. 10.16)."""
    if father is None or not {mother.source, father.source} <= {source.value for source in BRED}:
        return Source.BORN
    both_registered = {mother.source, father.source} == {Source.REGISTERED.value}
    return Source.REGISTERED if both_registered else Source.CAPTIVE_BRED


def _enter(row: Specimen, marks: str, kind: Happened, *, on: date, actor: Actor, at: datetime) -> Specimen | Refusal:
    """Number, save and mark a new specimen."""
    read = single_marks(marks)
    if isinstance(read, Refusal):
        return read
    try:
        with transaction.atomic():
            if no := taken(row.party, read):
                return no
            row.number = f"{row.party}-S-{at.year}-{next_number(row.party, 'specimen', at.year):06d}"
            row.save(force_insert=True)
            _mark(row, read)
            tell(row, kind, actor=actor.label, at=at, on=on, receiver=row.organisation_id, document=row.document)
    except IntegrityError:
        return taken(row.party, read) or _taken(read[0])
    return row


def single_marks(text: str) -> Sequence[law_of_marks.Mark] | Refusal:
    """The marks of one individual: at least one, each with its kind, none of them a row."""
    read = read_marks(text)
    if isinstance(read, Refusal):
        return read
    if not read or len(read) > MOST_MARKS:
        return refuse("marks-needed", "Give at least one mark and at most %(most)s, one a row.", most=MOST_MARKS,
                      field="marks", basis=law_of_marks.BASIS)
    single = [mark for mark in read if isinstance(mark, law_of_marks.Mark) and mark.kind is not MarkKind.ANY]
    if len(single) < len(read):
        return refuse("mark-kind", "Say what kind of mark each is: ring, closed ring, chip or tag, then its number.",
                      field="marks", basis=law_of_marks.BASIS)
    return single


def taken(party: str, marks: Sequence[law_of_marks.Mark]) -> Refusal | None:
    """The first of these marks that another specimen carries; whose it is, is not told."""
    for mark in marks:
        if Mark.objects.filter(party=party, kind=mark.kind.value, value=mark.value, in_use=True).exists():
            return _taken(mark)
    return None


def _taken(mark: law_of_marks.Mark) -> Refusal:
    return refuse("mark-taken", "The %(kind)s %(mark)s is on another specimen in the register.", kind=mark.kind,
                  mark=mark.value, field="marks", basis=law_of_marks.BASIS)


def _mark(row: Specimen, marks: Sequence[law_of_marks.Mark]) -> None:
    Mark.objects.bulk_create([Mark(party=row.party, specimen=row, kind=mark.kind.value, value=mark.value,
                                   closed=mark.closed) for mark in marks])


def confirm(*, actor: Actor, specimen: str, note: str, at: datetime) -> Specimen | Refusal:
    """An officer has seen the papers or the specimen."""
    if no := require(actor, Action.KEEP_REGISTERS):
        return no
    with transaction.atomic():
        row = locked(actor.party, specimen)
        if isinstance(row, Refusal):
            return row
        if row.confirmed:
            return refuse("confirmed-already", "Specimen %(number)s is confirmed already.", number=row.number)
        row.confirmed = True
        row.save(update_fields=["confirmed"])
        tell(row, Happened.CONFIRMED, actor=actor.label, at=at, note=note.strip())
    return row


def end(*, actor: Actor, specimen: str, state: str, on: date, note: str, at: datetime) -> Specimen | Refusal:
    """The specimen died, or was lost. Its marks stay taken."""
    if state not in (Specimen.State.DEAD, Specimen.State.LOST):
        return refuse("missing", "Write %(what)s.", what="what happened", field="state")
    with transaction.atomic():
        row = own(actor, specimen)
        if isinstance(row, Refusal):
            return row
        if no := at_hand(row):
            return no
        if on > at.date() or on < (row.born or row.acquired_on):
            return refuse("end-date", "That day is not within its life: from %(start)s to today.",
                          start=row.born or row.acquired_on, field="on")
        row.state = state
        row.save(update_fields=["state"])
        kind = Happened.DEATH if state == Specimen.State.DEAD else Happened.LOST
        tell(row, kind, actor=actor.label, at=at, on=on, sender=row.organisation_id, note=note.strip())
    return row


def remark(*, actor: Actor, specimen: str, old: str, new: str, why: str, at: datetime) -> Specimen | Refusal:
    """Another mark in place of one that broke or was lost, with the reason; an officer confirms the specimen again."""
    if not why.strip():
        return refuse("missing", "Write %(what)s.", what="the reason", field="why")
    read = single_marks(new)
    if isinstance(read, Refusal):
        return read
    try:
        with transaction.atomic():
            row = own(actor, specimen)
            if isinstance(row, Refusal):
                return row
            if no := at_hand(row) or taken(row.party, read):
                return no
            mark = row.marks.filter(in_use=True, value=law_of_marks.spelling(old)).first()
            if mark is None:
                return refuse("no-such-mark", "Specimen %(number)s carries no mark %(mark)s.", number=row.number,
                              mark=old[:60], field="old")
            mark.in_use = False
            mark.save(update_fields=["in_use"])
            _mark(row, read)
            row.confirmed = False
            row.save(update_fields=["confirmed"])
            told = f"{mark.value} > {', '.join(one.value for one in read)}: {why.strip()}"
            tell(row, Happened.REMARKED, actor=actor.label, at=at, note=told)
    except IntegrityError:
        return taken(actor.party, read) or _taken(read[0])
    return row


def empower(*, actor: Actor, specimen: str, name: str, start: date, end: date, document: str,
            at: datetime) -> Attorney | Refusal:
    """Let somebody cross borders with the specimen in the holder's name."""
    if not name.strip() or len(name) > 120:
        return refuse("missing", "Write %(what)s.", what="who may act for you", field="name")
    if end < start or end < at.date():
        return refuse("period-reversed", "The power ends on %(end)s, before it starts on %(start)s.", end=end,
                      start=max(start, at.date()), field="end")
    with transaction.atomic():
        row = own(actor, specimen)
        if isinstance(row, Refusal):
            return row
        return Attorney.objects.create(party=row.party, specimen=row, organisation_id=row.organisation_id,
                                       name=name.strip(), document=document.strip()[:120], start=start, end=end)


def revoke(*, actor: Actor, attorney: int, at: datetime) -> Attorney | Refusal:
    """End a power of attorney today."""
    with transaction.atomic():
        found = Attorney.objects.select_for_update().filter(party=actor.party, pk=attorney, revoked_on=None).first()
        if found is None or require(actor, Action.KEEP_SPECIMENS, found):
            return refuse("no-such-attorney", "There is no such power of attorney.")
        found.revoked_on = at.date()
        found.save(update_fields=["revoked_on"])
    return found

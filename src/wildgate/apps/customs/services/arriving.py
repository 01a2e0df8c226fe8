"""Many records of one phone at once: what it signed without a signal is decided and written together, in its order.

The phone's own row is locked first, then the permits, then the chain. Each record is decided in memory by the rules of
the single one (`syncing.receive`); one that is refused is kept with its case beside the others. The piece ends before
the first record that is out of the usual: somebody else works on the permit, it came before in the piece, it serves
several crossings, fills a stock or holds something in another book, or the record cannot be taken. That one goes alone,
and the next piece begins after it, so the phone's order stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.balances import procedures
from wildgate.apps.balances.finding import PERMIT, Measures, lock_each
from wildgate.apps.balances.ledger import Book, save_all
from wildgate.apps.balances.models import Claim
from wildgate.apps.customs import crossing
from wildgate.apps.customs import device as devices
from wildgate.apps.customs.crossing import Act
from wildgate.apps.customs.device import Record
from wildgate.apps.customs.models import DeviceKey, Endorsement, OfflineRecord
from wildgate.apps.customs.services import accounts, endorsing
from wildgate.apps.customs.services.doubling import case_of
from wildgate.apps.customs.services.endorsing import Drawn
from wildgate.apps.customs.services.enrolling import unusable
from wildgate.apps.customs.services.knowing import KnownOfMany, known_of_many
from wildgate.apps.permits.books import held
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.services.acts import stepped, write_steps
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.procedures import Rule
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events
from wildgate.kit.events import Told
from wildgate.kit.jobs import Wanted
from wildgate.seal.token import permit_digest

PIECE: Final = 50
"""Records in one transaction (house value), as of the releases of a customs system."""
ARRIVED: Final = "offline-record"


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as a device sends it: the text that it signed, and the signature in hexadecimal."""

    body: str
    signature: str


def arrive(*, actor: Actor, device: str, sent: Sequence[Sent], at: datetime) -> list[OfflineRecord]:
    """The answers to the first of these records, as many as go together; none where the first must go alone."""
    with transaction.atomic():
        own = locked(actor, device)
        if own is None or unusable(own, actor, at):
            return []
        before = {row.digest: row for row in OfflineRecord.objects.select_related("endorsement").filter(
            device=own, digest__in=[devices.digest_of(each.body) for each in sent])}
        answers: list[OfflineRecord] = []
        fresh: list[tuple[Record, Sent]] = []
        sequence, head = own.sequence, own.head
        for each in sent:
            record = devices.read_record(each.body)
            if isinstance(record, Refusal) or record.device != own.thumbprint or not devices.signed(
                    each.body, each.signature, own.public_key):
                break
            if not fresh and record.digest in before:
                answers.append(before[record.digest])
                continue
            if devices.out_of_order(record, sequence, head):
                break
            sequence, head = record.sequence, record.digest
            fresh.append((record, each))
        return answers + (_Piece.of(own, fresh, actor, at).answers(fresh) if fresh else [])


def locked(actor: Actor, device: str) -> DeviceKey | None:
    """The row of a device under its lock: two messages of one phone come one after the other."""
    return DeviceKey.objects.select_for_update().filter(party=actor.party, thumbprint=device[:64]).first()


def unlike(record: Record, permit: Permit | None, lines: int | None) -> Refusal | None:
    """Why what was read and signed there is not this permit of the register, which has so many lines."""
    if permit is None or permit.seal_digest != record.permit:
        return refuse("other-seal", "The register has no permit %(number)s with the seal that was read there.",
                      number=record.number, basis=devices.BASIS)
    if lines != len(record.quantities):
        return refuse("other-lines", "The record counts %(found)s lines but the permit has %(lines)s.",
                      found=len(record.quantities), lines=lines, basis=devices.BASIS)
    return None


def kept_as(own: DeviceKey, record: Record, sent: Sent, permit: Permit | None, outcome: Endorsement | Refusal,
            at: datetime) -> OfflineRecord:
    """The row that answers a record, to be written."""
    return OfflineRecord(
        party=own.party, device=own, sequence=record.sequence, digest=record.digest, body=sent.body,
        signature=sent.signature, permit=permit, made_at=record.made_at, arrived_at=at,
        endorsement=outcome if isinstance(outcome, Endorsement) else None,
        refusal=outcome.as_json() | {"template": outcome.template, "values": dict(outcome.values)}
        if isinstance(outcome, Refusal) else None)


def told_of(own: DeviceKey, record: Record, outcome: Endorsement | Refusal) -> Told:
    """The event of a record that arrived."""
    return Told(ARRIVED, own.subject, {
        "sequence": record.sequence, "record": record.digest,
        "answer": outcome.code if isinstance(outcome, Refusal) else outcome.digest})


@dataclass(slots=True)
class _Done:
    """A record that was decided; `written`: what is to be written of one that is endorsed."""

    record: Record
    sent: Sent
    permit: Permit | None
    outcome: Endorsement | Refusal
    written: _Written | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    book: Book
    drawn: Drawn
    told: Sequence[Told]
    asked: Sequence[Wanted]
    closed: Sequence[Claim]


@dataclass
class _Piece:
    """The records of one transaction under the locks of their phone and permits."""

    own: DeviceKey
    actor: Actor
    at: datetime
    last: datetime | None
    permits: dict[str, Permit]
    books: dict[int, Book]
    known: KnownOfMany | None
    measures: Measures
    houses: dict[date, list[Rule]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, own: DeviceKey, fresh: Sequence[tuple[Record, Sent]], actor: Actor, at: datetime) -> _Piece:
        permits = {permit.number: permit for permit in Permit.objects.filter(
            party=own.party, number__in={record.number for record, _sent in fresh}).select_related("application").only(
                *PERMIT, "application__number")}
        mine = lock_each(permits.values())
        return cls(
            own, actor, at, own.records.order_by("-sequence").values_list("made_at", flat=True).first(), permits,
            Book.of_each(mine, actor=actor, at=at, references=()), known_of_many(mine, "", ()) if mine else None,
            Measures.of(own.party))

    def answers(self, fresh: Sequence[tuple[Record, Sent]]) -> list[OfflineRecord]:
        """Decide in order, up to the first that must go alone; then write what was decided."""
        done: list[_Done] = []
        for record, sent in fresh:
            found = self._decided(record, sent)
            if found is None:
                break
            done.append(found)
            self.last = record.made_at
        return self._write(done) if done else []

    def _decided(self, record: Record, sent: Sent) -> _Done | None:
        """None: it must go alone."""
        permit = self.permits.get(record.number)
        if late := devices.wrong_clock(record, since=self.own.enrolled_at, until=self.own.expires_at, last=self.last,
                                       at=self.at):
            return _Done(record, sent, permit, late)
        book = self.books.get(permit.pk) if permit else None
        if permit is not None and (book is None or permit.pk in self.used or _is_special(permit)):
            return None
        if refused := unlike(record, permit, len(book.lines) if book else None):
            return _Done(record, sent, permit, refused)
        assert permit is not None and book is not None  # noqa: S101, PT018  (`unlike` refuses what is not there)
        self.used.add(permit.pk)
        act = self._read(record, book)
        if isinstance(act, Refusal):
            return _Done(record, sent, permit, act)
        return self._endorsed(record, sent, book, act)

    def _read(self, record: Record, book: Book) -> Act | Refusal:
        if refused := require(self.actor, Action.ENDORSE, book.permit):
            return refused
        act = crossing.read_act(
            stage=record.stage, quantities=dict(zip(book.lines, record.quantities, strict=True)),
            lines=book.lines.values(), port=record.port, transport_document=record.transport_document,
            at=record.made_at, key=record.digest, packages=record.packages, arrived=self.at,
            dead=record.died(book.lines))
        return self._unusable(book.permit, record) or act

    def _unusable(self, permit: Permit, record: Record) -> Refusal | None:
        assert self.known is not None  # noqa: S101  (there is a permit)
        return endorsing.usable(permit, record.stage, record.made_at, red=self.known.rejected, measures=self.measures)

    def _endorsed(self, record: Record, sent: Sent, book: Book, act: Act) -> _Done | None:
        """As `endorsing.endorse` does under the permit's lock; nothing is written."""
        permit = book.permit
        several = accounts.several(permit, act.stage, act.at, self._house(act.at.date()))
        rest = accounts.rest_of(book, {block: amount + act.quantities[block]
                                       for block, amount in book.consumed().items()}) if several else None
        deed, _moved = endorsing.deed_of(permit, act, rest)
        if deed is not PermitAct.CROSSING_ENDORSED and permit.application.subject in self.holding:
            return None
        assert self.known is not None  # noqa: S101  (there is a permit)
        last = self.known.last.get(permit.pk)
        token = endorsing.seal(permit, act, [act.quantities[block] for block in book.lines], last)
        digest = permit_digest(token).hex()
        after = stepped(permit, deed, self.at)
        if isinstance(after, Refusal):
            return _Done(record, sent, permit, after)
        counted = accounts.counted(book, act, digest, several=several)
        if isinstance(counted, Refusal):
            return _Done(record, sent, permit, counted)
        tale = endorsing.tale_of(permit, deed, act, token, self.actor, rest)
        drawn = endorsing.drawn_up(permit, list(book.lines.values()), act, token, self.actor, last)
        return _Done(record, sent, permit, drawn[0], _Written(
            book, drawn, accounts.told_of(permit, act, digest, counted.declared, tale), tale.asked, counted.closed))

    def _write(self, done: Sequence[_Done]) -> list[OfflineRecord]:
        """In the order of locks: the ledger, the permits, their endorsements, the records, the chain last."""
        yes = [each.written for each in done if each.written]
        save_all([each.book for each in yes])
        write_steps([each.book.permit for each in yes], self.at)
        endorsing.keep_all([each.drawn for each in yes])
        for each in yes:
            accounts.close_watches(each.book.permit, each.closed, self.at)
        rows = OfflineRecord.objects.bulk_create(
            kept_as(self.own, one.record, one.sent, one.permit, one.outcome, self.at) for one in done)
        self.own.sequence, self.own.head = done[-1].record.sequence, done[-1].record.digest
        self.own.save(update_fields=["sequence", "head"])
        told: list[Told] = []
        for one, row in zip(done, rows, strict=True):
            told += [*(one.written.told if one.written else ()), told_of(self.own, one.record, one.outcome)]
            if isinstance(one.outcome, Refusal):
                told.append(case_of(row, one.outcome, at=self.at)[1])
        events.append_each(told, party=self.own.party, actor=self.actor.label, at=self.at,
                           asked=[job for each in yes for job in each.asked])
        return rows

    def _house(self, day: date) -> list[Rule]:
        if day not in self.houses:
            self.houses[day] = procedures.rows_in_force(self.own.party, day)
        return self.houses[day]

    @cached_property
    def holding(self) -> frozenset[str]:
        """Of which permits another book holds something."""
        return held.for_each(book.permit.application for book in self.books.values())


def _is_special(permit: Permit) -> bool:
    """It goes out and comes back by turns, or what it lets in becomes stock."""
    return crossing.is_for_many(permit.kind) or permit.kind == DocumentKind.IMPORT_PERMIT.value

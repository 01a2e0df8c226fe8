"""Many releases at once: a batch of a single window is written together, and each is answered by itself.

The permits of a piece are locked together, every release is decided in memory under these locks by the rules of the
call for one, and what was decided is written at the end: rows of a kind together, and one step of the chain. What is
out of the usual is left to the call for one: another Party's paper, a call that was answered before, a permit that
somebody else works on, one that must be settled in other books when it is used up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db import DatabaseError, transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances import finding, watching
from wildgate.apps.balances.asking import Outcome, WriteOff
from wildgate.apps.balances.finding import Meant, Measures
from wildgate.apps.balances.ledger import Book, save_all
from wildgate.apps.balances.models import Call, Movement
from wildgate.apps.customs.services import accounts, endorsing, foreign_calls, releasing, writing_off
from wildgate.apps.customs.services.endorsing import Drawn
from wildgate.apps.customs.services.knowing import KnownOfMany, known_of_many
from wildgate.apps.customs.services.places import not_ours
from wildgate.apps.permits.books import held
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.services.acts import stepped, write_steps
from wildgate.convention.lifecycle import PermitAct
from wildgate.convention.procedures import Rule
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit import events, jobs
from wildgate.kit.events import Told
from wildgate.seal.keys import SigningKey

PIECE: Final = 50
"""Releases in one transaction (house value): some 100 ms in which their permits and the chain are held."""
Answers = dict[int, Outcome | Refusal]


class _AloneError(Exception):
    """Something was decided that cannot be written together: nothing is, and each goes by itself."""


def consume_each(*, actor: Actor, asked: Sequence[WriteOff], at: datetime) -> list[Outcome | Refusal]:
    """`consume` for each of them: the same answers as if they had come one after the other. Those on one permit keep
    their order; one that is refused is refused alone."""
    answers: Answers = {}
    for start in range(0, len(asked), PIECE):
        answers |= _piece(actor, dict(enumerate(asked[start:start + PIECE], start)), at)
    return [answers[place] for place in range(len(asked))]


def _piece(actor: Actor, asked: Mapping[int, WriteOff], at: datetime) -> Answers:
    """First all whose permits are free; then those of each busy permit, which is waited for; then one by one."""
    answers, busy = _together(actor, asked, at)
    for places in busy:
        answers |= _together(actor, {place: asked[place] for place in places}, at)[0]
    for place in sorted(asked.keys() - answers.keys()):
        answers[place] = writing_off.consume(actor=actor, asked=asked[place], at=at)
    return answers


def _together(actor: Actor, asked: Mapping[int, WriteOff], at: datetime) -> tuple[Answers, list[list[int]]]:
    """What was answered, and the places of what waits, by its permit. Nothing is answered where anything failed."""
    answers: Answers = {}
    own: dict[int, WriteOff] = {}
    for place, each in asked.items():
        if refused := writing_off.may("consume", actor, each):
            answers[place] = refused
        elif not foreign_calls.is_foreign(actor.party, each):
            own[place] = each
    try:
        with transaction.atomic():
            done, busy = _decided(actor, own, at)
    except (_AloneError, DatabaseError):
        return answers, []
    return answers | done, busy


def _decided(actor: Actor, asked: Mapping[int, WriteOff], at: datetime) -> tuple[Answers, list[list[int]]]:
    """Inside a transaction."""
    meant = dict(zip(asked, finding.permits_meant(actor.party, list(asked.values())), strict=True))
    permits = {found.pk: found for found in meant.values() if not isinstance(found, Refusal)}
    locked = {permit.pk for permit in finding.lock_each(permits.values())}
    busy: dict[int, list[int]] = {}
    mine: dict[int, tuple[Permit, WriteOff]] = {}
    for place, found in meant.items():
        if isinstance(found, Refusal):
            continue
        if found.pk in locked:
            mine[place] = (found, asked[place])
        else:
            busy.setdefault(found.pk, []).append(place)
    answers: Answers = {place: found for place, found in meant.items() if isinstance(found, Refusal)}
    if mine:
        answers |= _Round.of(actor, [each for each in permits.values() if each.pk in locked],
                             [each for _permit, each in mine.values()], at).answers(mine)
    return answers, list(busy.values())


@dataclass
class _Round:
    """The releases of one piece under the locks of their permits, and what is to be written of them."""

    actor: Actor
    at: datetime
    books: dict[int, Book]
    known: KnownOfMany
    house: list[Rule]
    measures: Measures
    left: set[int] = field(default_factory=set)
    steps: dict[int, Permit] = field(default_factory=dict)
    drawn: list[Drawn] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    asked: list[jobs.Wanted] = field(default_factory=list)
    watches: set[int] = field(default_factory=set)
    strange: dict[str, Refusal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, permits: Sequence[Permit], asked: Sequence[WriteOff], at: datetime) -> _Round:
        books = Book.of_each(permits, actor=actor, at=at, references=[each.reference for each in asked])
        first = next(iter(books.values()))
        return cls(actor, at, books, known_of_many(permits, "consume", asked), first.house(), Measures.of(actor.party))

    @cached_property
    def key(self) -> SigningKey:
        return endorsing.key_of(self.actor.party, self.at)

    @cached_property
    def holding(self) -> frozenset[str]:
        """Of which permits another book holds something; asked once one of them is used up."""
        return held.for_each(book.permit.application for book in self.books.values())

    def answers(self, asked: Mapping[int, tuple[Permit, WriteOff]]) -> Answers:
        """Decide all, then write what was decided."""
        out: Answers = {}
        made: dict[int, Movement] = {}
        for place, (permit, each) in asked.items():
            book = self.books[permit.pk]
            answer = self._answer(book, each) if permit.pk not in self.left else None
            if answer is None:
                self.left.add(permit.pk)  # what comes after it on the same permit waits for it
                continue
            out[place] = answer
            if isinstance(answer, Outcome):
                made[place] = book.newest
        yes = {place: answer for place, answer in out.items() if isinstance(answer, Outcome)}
        self._write([writing_off.answered(*asked[place], answer, self.at) for place, answer in yes.items()])
        return out | {place: replace(answer, movement=made[place].pk) for place, answer in yes.items()}

    def _answer(self, book: Book, asked: WriteOff) -> Outcome | Refusal | None:
        """None: the call for one must answer it."""
        permit = book.permit
        if self.known.is_special(permit, asked) or permit.kind == DocumentKind.IMPORT_PERMIT.value:
            return None
        it = finding.meant(permit, asked, self.at, house=self.house, measures=self.measures)
        if isinstance(it, Refusal):
            return it
        if not it.rule.managed or (self._ends(book, it) and self._holds(permit)):
            return None
        claim = writing_off.take(book, it, asked, self.actor, self.at, self._strange)
        if isinstance(claim, Refusal):
            return claim
        if watch := self.known.watches.get((permit.pk, asked.reference, asked.item)):
            self.watches.add(watch)
        self.known.calls.add((asked.reference, asked.item, asked.version))
        endorsement = self._endorse(book, asked.reference)
        return writing_off.outcome_of("consume", it, quantity=claim.consumed, endorsement=endorsement,
                                      sums=book.rows[it.line.block].sums)

    def _endorse(self, book: Book, reference: str) -> str:
        """Seal what the declaration released of the permit, when none of its items is set aside; the digest."""
        if not (done := releasing.to_endorse(book, reference)):
            return ""
        permit, last = book.permit, self.known.last.get(book.permit.pk)
        sealed = releasing.seal_done(book, done, reference, self.at, last, self.house, self.key)
        deed, _moved = endorsing.deed_of(permit, sealed.act, sealed.rest)
        if isinstance(stepped(permit, deed, self.at), Refusal) or (
                deed is not PermitAct.CROSSING_ENDORSED and self._holds(permit)):
            raise _AloneError
        tale = endorsing.tale_of(permit, deed, sealed.act, sealed.token, self.actor, sealed.rest)
        drawn = endorsing.drawn_up(permit, list(book.lines.values()), sealed.act, sealed.token, self.actor, last)
        self.known.last[permit.pk] = drawn[0]
        self.steps[permit.pk] = permit
        self.drawn.append(drawn)
        self.told += accounts.told_of(permit, sealed.act, sealed.digest, {}, tale)
        self.asked += tale.asked
        return sealed.digest

    def _write(self, answered: Sequence[Call]) -> None:
        """In the order of locks: the ledger, the permits, their endorsements, the chain last: all wait for it."""
        save_all(list(self.books.values()))
        write_steps(self.steps.values(), self.at)
        endorsing.keep_all(self.drawn)
        watching.close_each(self.watches, at=self.at)
        writing_off.calls.save(answered)
        if self.told:
            events.append_each(self.told, party=self.actor.party, actor=self.actor.label, at=self.at, asked=self.asked)

    def _ends(self, book: Book, it: Meant) -> bool:
        """Whether the permit is used up by this one: always, where it serves one consignment."""
        return not it.rule.several or all(
            row.consumed + (it.quantity if block == it.line.block else 0) >= row.authorised
            for block, row in book.rows.items())

    def _holds(self, permit: Permit) -> bool:
        """Whether another book must be settled when the permit is used up."""
        return permit.application.subject in self.holding

    def _strange(self, actor: Actor, place: str, at: datetime) -> Refusal | None:
        if place not in self.strange:
            self.strange[place] = not_ours(actor, place, at)
        return self.strange[place]



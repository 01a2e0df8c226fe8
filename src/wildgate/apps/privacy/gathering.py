"""What is held about one person: the rows of the register that are theirs, and where else their name stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import BinaryField, F, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from wildgate.apps.accounts.models import Organisation, Person, Post
from wildgate.apps.permits.models import Application
from wildgate.apps.privacy.register import Class, Declared, declared
from wildgate.kit.models import Event, EventNote
from wildgate.kit.uploads.models import Upload

SHORTEST: Final = 5
"""A name of fewer letters stands in too many words to be looked for."""


@dataclass(frozen=True)
class Subject:
    """A person with an account, or one who is known by name only."""

    party: str
    person: Person | None
    names: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, party: str, person: Person) -> Subject:
        return cls(party, person, (person.name, person.email))

    @property
    def label(self) -> str:
        """What events call the person."""
        return f"person:{self.person.pk}" if self.person is not None else ""

    @cached_property
    def firms(self) -> frozenset[int]:
        """The organisations that are the person: private, and nobody else ever held a post there."""
        if self.person is None:
            return frozenset()
        own = Organisation.objects.filter(party=self.party, private=True, posts__person=self.person)
        shared = Post.objects.filter(organisation__in=own).exclude(person=self.person)
        return frozenset(own.exclude(pk__in=shared.values("organisation")).values_list("pk", flat=True))

    @cached_property
    def posts(self) -> frozenset[int]:
        """The organisations in which the person ever held a post."""
        return frozenset() if self.person is None else frozenset(Post.objects.filter(
            person=self.person, organisation__isnull=False).values_list("organisation_id", flat=True))

    @cached_property
    def cases(self) -> frozenset[str]:
        """What the cases and permits of that person are called by events."""
        if self.person is None:
            return frozenset()
        found = Application.objects.filter(Q(organisation__in=self.firms) | Q(started_by=self.person),
                                           party=self.party).select_related("permit")
        return frozenset(name for each in found for name in
                         (each.subject, each.permit.subject if hasattr(each, "permit") else "")) - {""}


def rows_of(line: Declared, subject: Subject) -> QuerySet[Any]:
    """The rows of one line of the register that are the subject's."""
    by, path = line.way
    manager: QuerySet[Any] = line.model._default_manager.all()
    if subject.person is None or by == "-":
        return manager.none()
    if by == "person":
        return manager.filter(**{path: subject.person.pk})
    if by == "email":
        return manager.filter(**{f"{path}__iexact": subject.person.email})
    if by == "label":
        return manager.filter(**{path: subject.label})
    return manager.filter(**{f"{path}__in": subject.firms})


def told(line: Declared, row: Any) -> dict[str, Any]:
    """One row as the person reads it: the declared fields, the day where there is one. No other person's name."""
    sealed = line.kind is Class.SEALED
    found = {name: "…" if sealed else _plain(getattr(row, name)) for name in line.fields}
    for name in ("number", "at", "asked_at", "started_at", "submitted_at", "created_at", "issued_at", "joined_at"):
        value = getattr(row, name, None)
        if value is not None and name not in found:
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def held(subject: Subject) -> Iterator[tuple[Declared, list[dict[str, Any]]]]:
    """Every line of the register with what is there of this person and may be told; empty ones are left out."""
    for line in declared():
        if line.what.left_out:
            continue
        rows = [told(line, row) for row in rows_of(line, subject).order_by("pk")]
        if rows:
            yield line, rows


def acts(subject: Subject) -> list[dict[str, Any]]:
    """What the chain holds: what the person did, and what happened to the account. Others are not named."""
    if subject.person is None:
        return []
    found = Event.objects.filter(Q(actor=subject.label) | Q(subject=subject.label), party=subject.party)
    return [{"at": each.at.isoformat(), "what": each.kind,
             "on": each.subject if each.actor == subject.label else "you",
             "by": "you" if each.actor == subject.label else "an official or the system"}
            for each in found.order_by("seq").iterator(chunk_size=2000)]


def notes_about(subject: Subject) -> QuerySet[EventNote]:
    """Free text that belongs to events about the person's account."""
    return EventNote.objects.filter(event__party=subject.party, event__subject=subject.label) if subject.label \
        else EventNote.objects.none()


def files_of(subject: Subject) -> QuerySet[Upload]:
    """The files that the person handed in."""
    return Upload.objects.filter(party=subject.party, by=subject.label) if subject.label else Upload.objects.none()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in which the person's name or address stands: the line of the register, the row, and the words there."""

    line: Declared
    row: Model
    name: str
    words: str

    @property
    def number(self) -> str:
        """By which the authority finds it."""
        return str(getattr(self.row, "number", "") or self.row.pk)


def mentions(subject: Subject, *, secret: bool = True) -> Iterator[Mention]:
    """Every declared field, whatever table, in which one of the names stands. Sealed fields cannot be searched.

    `secret` False leaves out what a person concerned must not be told of.
    """
    terms = [each for each in subject.names if len(each) >= SHORTEST]
    for line in declared() if terms else ():
        if line.kind is Class.SEALED or (not secret and (line.what.left_out or line.kind is Class.SENSITIVE)):
            continue
        for name in line.fields:
            yield from _in_field(line, name, terms)


def _in_field(line: Declared, name: str, terms: list[str]) -> Iterator[Mention]:
    model = line.model
    if isinstance(model._meta.get_field(name), BinaryField):
        return
    wanted = Q()
    for term in terms:
        for spelling in {term, json.dumps(term)[1:-1]}:
            wanted |= Q(_text__icontains=spelling)
    rows = model._default_manager.annotate(_text=Cast(F(name), TextField())).filter(wanted).order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield Mention(line, row, name, _words(getattr(row, name), terms))


def _words(value: Any, terms: list[str]) -> str:
    """Only the part of a structure in which the name stands: what is beside it may be another's."""
    found = [leaf for leaf in _leaves(_plain(value)) if any(term.casefold() in leaf.casefold() for term in terms)]
    return "; ".join(dict.fromkeys(found))[:500]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield str(value)

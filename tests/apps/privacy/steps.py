"""Steps of the tests: a private person with an unusual name who traded here, and where that name stands."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from tests.cast import SKINS
from tests.remembering import remembered

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Organisation, Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.accounts.services import people
from wildgate.apps.permits import services as permits
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.services import asking, erasing
from wildgate.kit import jobs
from wildgate.kit.events import SYSTEM

NAME, MAIL, PHONE = "Zébulon Quixworthy", "zebulon.quix@private.example", "+99 555 010 77 31"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
                    "0000000d49444154789c636060f8cf00000301010018dd8db00000000049454e44ae426082")


def zebulon(at: Any, other: str = "") -> Actor:
    """A private person with an account and an organisation of their own."""
    who: Actor = remembered("zebulon", (at, other), lambda: _zebulon(at, other))
    return who


def _zebulon(at: Any, other: str) -> Actor:
    name = other or NAME
    person = people.add_person(party="QM", email=other + MAIL, name=name, password="x" * 20, by=SYSTEM, at=at)
    firm = people.add_organisation(party="QM", name=name, address=f"1 Elm, call {PHONE}", country="QM", private=True,
                                   by=SYSTEM, at=at)
    people.appoint(person=person, role=Role.TRADER, party="QM", by=SYSTEM, at=at, organisation=firm)
    return actor_of(person, at.date())


def draft(who: Actor, at: Any) -> Any:
    """A draft with a document, both with the name."""
    made = permits.start(actor=who, organisation=min(who.organisations), at=at)
    permits.save_answers(actor=who, case=made.number, answers={**SKINS, "other_name": f"{NAME} & Sons"}, at=at)
    done = permits.attach(actor=who, case=made.number, kind="photograph", name=f"{NAME}.png", parts=[PNG],
                          note=f"Ask {NAME}", at=at)
    assert done.pk, done
    return made


def handed_in(who: Actor, at: Any) -> Any:
    """A case that was withdrawn: decided, and kept for years."""
    made = draft(who, at)
    done = permits.submit(actor=who, case=made.number, at=at)
    assert done.pk, done
    gone = permits.withdraw(actor=who, case=made.number, at=at)
    assert gone.pk, gone
    return gone


def erased(cast: dict[str, Actor], who: Actor, at: Any) -> SubjectRequest:
    """Asked for by the person, confirmed by the administrator."""
    asked = asking.ask(actor=who, kind="erasure", at=at)
    assert isinstance(asked, SubjectRequest), asked
    done = erasing.confirm(actor=cast["sam"], request=asked.pk, at=at)
    assert isinstance(done, SubjectRequest), done
    return done


def copied(who: Actor, at: Any) -> tuple[dict[str, Any], list[str]]:
    """The person's copy: data.json, and the names of its files."""
    asked = asking.ask(actor=who, kind="copy", at=at)
    assert isinstance(asked, SubjectRequest), asked
    jobs.run_pending()
    found = asking.fetch(actor=who, request=asked.pk, at=at)
    assert isinstance(found, tuple), found
    with zipfile.ZipFile(io.BytesIO(found[1])) as archive:
        return json.loads(archive.read("data.json")), archive.namelist()


def everywhere(*words: str) -> dict[str, list[str]]:
    """Each table (with its rows' keys) and file in which one of the words stands, read without Django's models."""
    spelt = {form for word in words for form in (word, json.dumps(word)[1:-1])}
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                text = " ".join(bytes(each).decode("utf-8", "replace") if isinstance(each, bytes | memoryview)
                                else str(each) for each in row)
                if any(word in text for word in spelt):
                    found.setdefault(table, []).append(str(row[0]))
    for path in Path(settings.HOME).rglob("*"):
        if path.is_file() and (any(word in path.name for word in spelt)
                               or any(word.encode() in path.read_bytes() for word in spelt)):
            found.setdefault("file", []).append(path.name)
    return found


def firm_of(who: Actor) -> Organisation:
    return Organisation.objects.get(pk=min(who.organisations))


def person_of(who: Actor) -> Person:
    return Person.objects.get(pk=who.own_id)

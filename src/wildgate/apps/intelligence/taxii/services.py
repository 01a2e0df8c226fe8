"""Writes about collections: reports put out and taken back, keys given and revoked, what others add taken in or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.gateway.services import KEY_LIFE, MOST_KEYS, drawn
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.files import exporting, importing
from wildgate.apps.intelligence.files.targets import NONE_SUCH, in_force
from wildgate.apps.intelligence.models import FeedKey, Received, Release, Report, Target
from wildgate.apps.intelligence.services.marking import NOT_FOUND
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events
from wildgate.kit.uploads import services as uploads
from wildgate.kit.uploads.models import Upload
from wildgate.sharing import door

MOST_RELEASED: Final = 500
"""Reports in one collection: it is read anew at every call, about a millisecond a report."""
MOST_WAITING: Final = 20
"""Envelopes of one target that nobody has looked at yet."""
KIND: Final = "taxii-received"
NO_COLLECTION: Final = refuse("target-files-only", "Only a target for STIX 2.1 or another installation of Wildgate has "
                              "a collection.", field="target")
GONE: Final = refuse("received-gone", "Its bytes are no longer here: turn it away and ask the sender for it again.")
NONE_WAITS: Final = refuse("received-decided", "It was decided already.")


def release(*, actor: Actor, numbers: Sequence[str], target: str, at: datetime) -> int | Refusal:
    """Put those of the reports that may leave into the target's collection; how many they are."""
    found = exporting.asked(actor, numbers, target, at)
    if isinstance(found, Refusal):
        return found
    row, bundle = found
    if not row.fetched:
        return NO_COLLECTION
    leaving = [each.number for each in exporting.fitted_for(row, bundle).bundle.reports]
    if not leaving:
        return exporting.NOTHING
    with transaction.atomic():
        Target.objects.select_for_update(of=("self",)).get(pk=row.pk)
        others = Release.objects.filter(target=row, withdrawn_at=None).exclude(report__number__in=leaving).count()
        if others + len(leaving) > MOST_RELEASED:
            return refuse("collection-full", "A collection holds at most %(most)s reports: take some back first.",
                          most=MOST_RELEASED)
        for report in Report.objects.filter(party=actor.party, number__in=leaving):
            Release.objects.update_or_create(party=actor.party, target=row, report=report, defaults={
                "by_id": actor.own_id, "at": at, "withdrawn_at": None, "withdrawn_by": None, "digest": ""})
        events.append("intelligence-released", row.subject, party=actor.party, actor=actor.label, at=at,
                      data={"reports": leaving})
    return len(leaving)


def withdraw(*, actor: Actor, number: str, target: str, at: datetime) -> Release | Refusal:
    """Take a report back: it is handed out no more. Any of its readers may: it closes, and opens nothing."""
    found = selectors.report(actor, number, at)
    if found is None:
        return NOT_FOUND
    if refused := require(actor, Action.WORK_INTELLIGENCE):
        return refused
    with transaction.atomic():
        row = Release.objects.select_for_update(of=("self",)).select_related("target").filter(
            party=actor.party, report=found, target__code=target, withdrawn_at=None).first()
        if row is None:
            return NOT_FOUND
        row.withdrawn_at, row.withdrawn_by_id = at, actor.own_id
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        events.append("intelligence-taken-back", row.target.subject, party=actor.party, actor=actor.label, at=at,
                      data={"reports": [found.number]})
    return row


def give_key(*, actor: Actor, target: str, at: datetime) -> tuple[FeedKey, str] | Refusal:
    """A new key of a target and its text, which is shown now and never again."""
    with transaction.atomic():
        row = _kept(actor, target)
        if isinstance(row, Refusal):
            return row
        if row.keys.filter(revoked_at=None, expires_at__gt=at).count() >= MOST_KEYS:
            return refuse("too-many-keys", "The target has %(most)s keys: revoke one first.", most=MOST_KEYS)
        prefix, digest, text = drawn()
        made = FeedKey.objects.create(party=row.party, target=row, prefix=prefix, digest=digest, made_at=at,
                                      made_by_id=actor.own_id, expires_at=at + KEY_LIFE)
        events.append("feed-key-given", row.subject, party=row.party, actor=actor.label, at=at, data={"key": prefix})
    return made, text


def revoke_key(*, actor: Actor, target: str, prefix: str, at: datetime) -> FeedKey | Refusal:
    """From now on this key opens nothing."""
    with transaction.atomic():
        row = _kept(actor, target, ended=True)
        if isinstance(row, Refusal):
            return row
        key = row.keys.filter(prefix=prefix).first()
        if key is None:
            return refuse("no-such-key", "There is no such key.")
        if key.revoked_at is None:
            key.revoked_at, key.revoked_by_id = at, actor.own_id
            key.save(update_fields=["revoked_at", "revoked_by"])
            events.append("feed-key-revoked", row.subject, party=row.party, actor=actor.label, at=at,
                          data={"key": prefix})
    return key


def _kept(actor: Actor, code: str, *, ended: bool = False) -> Target | Refusal:
    if refused := require(actor, Action.KEEP_CONTRIBUTORS):
        return refused
    rows = Target.objects.filter(party=actor.party) if ended else in_force(actor.party)
    found = rows.select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        return NONE_SUCH
    return found if found.fetched else NO_COLLECTION


def add(*, key: FeedKey, data: bytes, at: datetime) -> Received | Refusal:
    """Keep an envelope that a client sent, until a contributor decides. Only its outline is read here."""
    found = door.parse(data)
    if isinstance(found, Refusal):
        return found
    objects: Any = found.get("objects") if isinstance(found, dict) else None
    if not isinstance(objects, list) or not objects or not all(isinstance(each, dict) for each in objects):
        return refuse("no-envelope", "An envelope with a list of objects is expected.", field="objects")
    if len(objects) > importing.MOST_THINGS:
        return refuse("too-large", "An envelope holds at most %(most)s objects: send it in parts.",
                      most=importing.MOST_THINGS)
    uid = uuid4()
    bundle = {"type": "bundle", "id": f"bundle--{uid}", "objects": json.loads(data)["objects"]}
    with transaction.atomic():
        Target.objects.select_for_update(of=("self",)).get(pk=key.target_id)
        if Received.objects.filter(target=key.target, decided_at=None).count() >= MOST_WAITING:
            return refuse("too-many-calls", "%(most)s envelopes wait for a contributor here: send this one later.",
                          most=MOST_WAITING)
        kept = uploads.keep([json.dumps(bundle).encode()], f"taxii-{uid}.json", judge=lambda _path: KIND,
                            largest=door.LARGEST, party=key.party, by=key.label, at=at)
        if isinstance(kept, Refusal):
            return kept
        made = Received.objects.create(party=key.party, target=key.target, uid=uid, upload=kept, at=at,
                                       objects_in_it=len(objects))
        events.append("intelligence-received", key.target.subject, party=key.party, actor=key.label, at=at,
                      data={"objects": len(objects), "sha256": kept.digest})
    return made


def take_in(*, actor: Actor, received: int, sender: int, at: datetime) -> Upload | Refusal:
    """Take in what a client added, as a file that the actor hands in for that sender."""
    with transaction.atomic():
        row = _waiting(actor, received, at)
        if isinstance(row, Refusal):
            return row
        try:
            data = row.upload.file.read_bytes()
        except FileNotFoundError:  # a restored installation has no files that waited
            return GONE
        made = importing.hand_in(actor=actor, parts=[data], name=row.upload.file_name, sender=sender, at=at)
        return made if isinstance(made, Refusal) else _decided(row, actor, at, made)


def turn_away(*, actor: Actor, received: int, at: datetime) -> Received | Refusal:
    """Keep nothing of what a client added."""
    with transaction.atomic():
        row = _waiting(actor, received, at)
        if isinstance(row, Refusal):
            return row
        _decided(row, actor, at, None)
        events.append("intelligence-turned-away", row.target.subject, party=row.party, actor=actor.label, at=at,
                      data={"sha256": row.upload.digest})
    return row


def _waiting(actor: Actor, key: int, at: datetime) -> Received | Refusal:
    if selectors.member_of(actor, at) is None:
        return NOT_FOUND
    if refused := require(actor, Action.WORK_INTELLIGENCE):
        return refused
    row = Received.objects.select_for_update(of=("self",)).select_related("target", "upload").filter(
        party=actor.party, pk=key).first()
    if row is None:
        return NOT_FOUND
    return row if row.decided_at is None else NONE_WAITS


def _decided(row: Received, actor: Actor, at: datetime, taken: Any) -> Any:
    row.decided_at, row.decided_by_id, row.taken = at, actor.own_id, taken
    row.save(update_fields=["decided_at", "decided_by", "taken"])
    transaction.on_commit(lambda: uploads.forget(row.upload_id))
    return taken


def readable(actor: Actor, at: datetime) -> QuerySet[Release]:
    """What lies in collections, as far as the actor reads the reports; the newest first."""
    return Release.objects.filter(
        party=actor.party, withdrawn_at=None, target__in=in_force(actor.party),
        report__in=selectors.visible_reports(actor, at).order_by().values("pk")).select_related(
        "target", "report__current", "report__mark", "by").order_by("-at", "-pk")


def waiting(actor: Actor, at: datetime) -> list[Received]:
    """What was added from outside and waits for a contributor, the oldest first."""
    if selectors.member_of(actor, at) is None:
        return []
    return list(Received.objects.filter(party=actor.party, decided_at=None).select_related("target", "upload")
                .order_by("at", "pk"))

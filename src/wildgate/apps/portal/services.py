"""The life of a submission: drawn up, handed in, reviewed by somebody else, published, corrected, withdrawn.

What was published is never changed: a correction is another version beside it, and a withdrawal leaves a tombstone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.platforms import nominal
from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.reading import policy_of
from wildgate.apps.portal import contents
from wildgate.apps.portal.basis import VERSIONS
from wildgate.apps.portal.contents import Content
from wildgate.apps.portal.kinds import KINDS
from wildgate.apps.portal.models import About, Submission, Version
from wildgate.apps.portal.sides import side_of
from wildgate.convention import tables
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Taxon
from wildgate.kit import events
from wildgate.kit.numbering import next_number

State = Submission.State
LONGEST: Final = 500
NONE: Final = refuse("no-such-submission", "There is no such submission, or you may not see it.")
EDITABLE: Final = (State.DRAFT, State.RETURNED)
Faults = list[Refusal]


def draw_up(*, actor: Actor, kind: str, language: str, basis: str, typed: Mapping[str, str], at: datetime,
            translation_of: str = "") -> Submission | Faults:
    """Begin a submission in the name of one's own Party; `translation_of` is the number of a published original."""
    side = _side(actor)
    if isinstance(side, Refusal):
        return [side]
    if kind not in KINDS or (faults := _head(language, basis)):
        return faults if kind in KINDS else [refuse("portal-kind", "There is no such form.", field="kind")]
    content = contents.read(kind, typed, actor.party, at.date())
    if isinstance(content, list):
        return content
    with transaction.atomic():
        original = _original(actor.party, translation_of, side.country, kind, language)
        if isinstance(original, Refusal):
            return [original]
        number = f"P-{actor.party}-{at.year}-{next_number(actor.party, 'portal', at.year):04d}"
        made = Submission.objects.create(
            party=actor.party, number=number, kind=kind, country=side.country, language=language, basis=basis,
            title=content.values["title"], typed=_kept(kind, typed), writers=[actor.own_id], begun_at=at, moved_at=at,
            submitted_by_id=actor.own_id, translation_of=original, of_version=original.current if original else 0)
        _tell("portal-begun", made, actor, at)
    return made


def _original(party: str, number: str, country: str, kind: str, language: str) -> Submission | Refusal | None:
    """The published original of a translation: of the same Party and form, in another language, no translation."""
    if not number:
        return None
    found = Submission.objects.filter(party=party, number=number, country=country, kind=kind, current__gt=0,
                                      withdrawn_at=None, translation_of=None).first()
    if found is None:
        return refuse("portal-original", "A translation belongs to a published submission of your own Party.")
    if language == found.public_language or found.translations.filter(language=language, withdrawn_at=None).exists():
        return refuse("portal-translated", "The submission stands in this language already.", field="language")
    return found


def save(*, actor: Actor, number: str, language: str, basis: str, typed: Mapping[str, str], change: str = "",
         at: datetime) -> Submission | Faults:
    """Write a draft anew. Of a correction `change` names what is corrected; it is published with it."""
    with transaction.atomic():
        found = _working(actor, number, *EDITABLE)
        if isinstance(found, Refusal):
            return [found]
        change = " ".join(change.split())
        faults = _head(language, basis) + _change(found, change)
        content = contents.read(found.kind, typed, found.party, at.date())
        if isinstance(content, list) or faults:
            return faults + (content if isinstance(content, list) else [])
        found.language, found.basis, found.change, found.moved_at = language, basis, change, at
        found.typed, found.title = _kept(found.kind, typed), content.values["title"]
        found.submitted_by_id = actor.own_id
        found.writers = sorted({*found.writers, actor.own_id})
        found.save()
        _tell("portal-saved", found, actor, at)
    return found


def submit(*, actor: Actor, number: str, at: datetime) -> Submission | Refusal:
    """Hand a draft in for review."""
    with transaction.atomic():
        found = _working(actor, number, *EDITABLE)
        if isinstance(found, Refusal):
            return found
        if missing := _change(found, found.change):
            return missing[0]
        found.submitted_by_id, found.writers = actor.own_id, sorted({*found.writers, actor.own_id})
        return _move(found, State.SUBMITTED, actor, at, "portal-submitted")


def send_back(*, actor: Actor, number: str, reason: str, at: datetime) -> Submission | Refusal:
    """Not like this: the reason goes to whoever drew it up."""
    with transaction.atomic():
        found = _reviewed(actor, number, State.SUBMITTED, State.ACCEPTED)
        if isinstance(found, Refusal):
            return found
        reason = " ".join(reason.split())
        if not reason or len(reason) > LONGEST:
            return _say_why()
        found.reason = reason
        return _move(found, State.RETURNED, actor, at, "portal-sent-back", note=reason)


def accept(*, actor: Actor, number: str, at: datetime) -> Submission | Refusal:
    """It may be published as it stands."""
    with transaction.atomic():
        found = _reviewed(actor, number, State.SUBMITTED)
        if isinstance(found, Refusal):
            return found
        found.reason = ""
        return _move(found, State.ACCEPTED, actor, at, "portal-accepted")


def publish(*, actor: Actor, number: str, looked_over: bool = False, at: datetime) -> Version | Refusal:
    """Freeze what was accepted as a version for everybody. What looks like somebody's address has to be looked over
    first. A platform's code goes into the register of platforms as well."""
    with transaction.atomic():
        found = _reviewed(actor, number, State.ACCEPTED)
        if isinstance(found, Refusal):
            return found
        content = contents.read(found.kind, found.typed, found.party)
        if isinstance(content, list):
            return content[0]
        if persons(found, content) and not looked_over:
            return refuse("portal-nominal", "Something here may name a person. Look at each place, and confirm that "
                          "none does, or send it back.", field="looked_over")
        if refused := _registered(found, content, actor, at):
            return refused
        made = _freeze(found, content, actor, at, looked_over)
        found.writers, found.current, found.change = [], made.number, ""
        found.published_at, found.public_title, found.public_language = at, made.title, made.language
        found.of_version = found.translation_of.current if found.translation_of else 0
        _index(found, content)
        _move(found, State.PUBLISHED, actor, at, "portal-published", digest=made.digest)
    return made


def persons(found: Submission, content: Content | None = None) -> list[nominal.Found]:
    """What in a submission may name somebody, the sentence on the correction included."""
    read = content or contents.read(found.kind, found.typed, found.party)
    if isinstance(read, list):
        return []
    return nominal.look([*contents.texts(found.kind, read), ("corrected", found.change)])


def correct(*, actor: Actor, number: str, at: datetime) -> Submission | Refusal:
    """Begin a correction. The published version stays as it is until the next one."""
    with transaction.atomic():
        found = _working(actor, number, State.PUBLISHED)
        if isinstance(found, Refusal):
            return found
        found.writers = [actor.own_id]
        found.submitted_by_id = actor.own_id
        return _move(found, State.DRAFT, actor, at, "portal-correction-begun")


def withdraw(*, actor: Actor, number: str, reason: str, at: datetime) -> Submission | Refusal:
    """Take it out of the portal: its own Party, or a reviewer. Its address stays, with the day and the reason, which
    everybody reads."""
    with transaction.atomic():
        found = _working(actor, number, *(each for each in State if each is not State.WITHDRAWN), reviewers=True)
        if isinstance(found, Refusal):
            return found
        if not found.public:
            return refuse("portal-not-public", "It was never published.")
        reason = " ".join(reason.split())
        if not reason or len(reason) > LONGEST:
            return _say_why()
        if named := nominal.look({"reason": reason}):
            return refuse("portal-reason-nominal", "Everybody reads the reason: leave out %(words)s.",
                          words=named[0].words, field="reason")
        found.withdrawn_at, found.withdrawn_why, found.words = at, reason, ""
        found.about.all().delete()
        return _move(found, State.WITHDRAWN, actor, at, "portal-withdrawn", note=reason)


def _side(actor: Actor) -> Any:
    if refused := require(actor, Action.SUBMIT_TO_PORTAL):
        return refused
    return side_of(actor) or NONE


def _working(actor: Actor, number: str, *states: State, reviewers: bool = False) -> Submission | Refusal:
    """The submission under its lock, in a fit state, for somebody of its own side; perhaps for reviewers too."""
    side = _side(actor)
    if isinstance(side, Refusal):
        return side
    found = Submission.objects.select_for_update(of=("self",)).filter(party=actor.party, number=number).first()
    if found is None or not side.sees(found):
        return NONE
    if found.country != side.country and not (reviewers and side.reviews):
        return refuse("portal-not-yours", "It belongs to another Party: its own authority does that.")
    return found if found.state in states else _wrong_state(found)


def _reviewed(actor: Actor, number: str, *states: State) -> Submission | Refusal:
    """The submission under its lock, for a reviewer who wrote nothing of it."""
    found = Submission.objects.select_for_update(of=("self",)).select_related("translation_of").filter(
        party=actor.party, number=number).first()
    if refused := require(actor, Action.REVIEW_SUBMISSION, found):
        return refused
    side = side_of(actor)
    if found is None or side is None or isinstance(side, Refusal) or not side.sees(found):
        return NONE
    if actor.person_id in found.writers:
        return refuse("portal-own-review", "Nobody reviews what they wrote in themselves.")
    return found if found.state in states else _wrong_state(found)


def _wrong_state(found: Submission) -> Refusal:
    return refuse("portal-state", "That does not follow on “%(state)s”. Open it anew and look.",
                  state=found.get_state_display())


def _say_why() -> Refusal:
    return refuse("portal-reason", "Say why, in at most %(most)s characters.", most=LONGEST, field="reason")


def _head(language: str, basis: str) -> Faults:
    faults = []
    if language not in Submission.Language.values:
        faults.append(refuse("portal-language", "Choose the language of the text.", field="language"))
    if basis not in VERSIONS:
        faults.append(refuse("portal-basis", "Choose the text that it answers to.", field="basis"))
    return faults


def _change(found: Submission, change: str) -> Faults:
    if found.public and not 0 < len(change) <= LONGEST:
        return [refuse("portal-change", "Say what is corrected, in at most %(most)s characters.", most=LONGEST,
                       field="corrected")]
    return []


def _kept(kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    return {field.name: text for field in KINDS[kind].fields if (text := str(typed.get(field.name, "")).strip())}


def _registered(found: Submission, content: Content, actor: Actor, at: datetime) -> Refusal | None:
    """Give the register of platforms its version of a code of conduct. Translations say nothing new."""
    if found.kind != "platform-code" or found.translation_of_id:
        return None
    told = policy_of(found.typed)
    made = told if isinstance(told, Refusal) else register.record_policy(
        actor=actor, key=content.values["platform"], told=told, at=at)
    return made if isinstance(made, Refusal) else None


def _freeze(found: Submission, content: Content, actor: Actor, at: datetime, looked_over: bool) -> Version:
    before = list(found.versions.order_by("number").values_list("content", flat=True))
    told = contents.published(found.kind, content, before)
    canonical = json.dumps({"number": found.number, "version": found.current + 1, "language": found.language,
                            "basis": found.basis, "content": told}, sort_keys=True, ensure_ascii=False)
    return Version.objects.create(
        submission=found, number=found.current + 1, title=content.values["title"], language=found.language,
        basis=found.basis, content=told, change=found.change, digest=hashlib.sha256(canonical.encode()).hexdigest(),
        at=at, published_by_id=actor.own_id, looked_over=looked_over)


def _index(found: Submission, content: Content) -> None:
    """What the public search looks at, for the current version only."""
    names: set[str] = set()
    for taxon in content.taxa:
        placed = law().resolve(taxon)
        names |= {taxon, *placed.lineage} if isinstance(placed, Taxon) else {taxon}
    found.about.all().delete()
    About.objects.bulk_create([About(submission=found, kind=About.TAXON, name=each[:120]) for each in sorted(names)]
                              + [About(submission=found, kind=About.PLATFORM, name=each) for each in content.platforms])
    country = tables.country(found.country)
    words = [*(text for _field, text in contents.texts(found.kind, content)), *content.taxa, *content.platforms,
             *((country.name_en, country.name_fr, country.name_es) if country else ()), found.number]
    found.words = contents.plain("\n".join(words))
    found.first_year, found.last_year = content.years or (None, None)


def _move(found: Submission, state: State, actor: Actor, at: datetime, kind: str, *, note: str = "",
          **data: str) -> Submission:
    found.state, found.moved_at = state, at
    found.save()
    _tell(kind, found, actor, at, note, **data)
    return found


def _tell(kind: str, found: Submission, actor: Actor, at: datetime, note: str = "", **data: str) -> None:
    events.append(kind, found.subject, party=found.party, actor=actor.label, at=at, note=note, data={
        "kind": found.kind, "country": found.country, "version": found.current, **data})

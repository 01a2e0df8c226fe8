"""Retention: what a rule lets go and no hold covers goes, in batches, one event a batch with counts and no names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from wildgate.apps.carriers.models import Lead
from wildgate.apps.houserules.retained import Record
from wildgate.apps.letters.models import Letter, Mail
from wildgate.apps.permits.models import Application
from wildgate.apps.privacy import retaining
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.services import erasing
from wildgate.convention.refusal import Refusal
from wildgate.kit import events, notes
from wildgate.kit.models import Event
from wildgate.kit.uploads import services as uploads

BATCH: Final = 200
DELETED: Final = "retention-deleted"


def run(party: str, at: datetime) -> dict[str, int]:
    """Carry out every rule; how many went of each class. Run again, nothing is left to do."""
    gone = {}
    for rule in retaining.rules(party, at.date()):
        before = rule.before(at.date())
        if before is not None:
            gone[rule.code] = _carry_out(party, rule, before, at)
    with transaction.atomic():
        erasing.finish(party, at)
    return {code: count for code, count in gone.items() if count}


def _carry_out(party: str, rule: retaining.Rule, before: datetime, at: datetime) -> int:
    """Batch after batch: each is one transaction with its event."""
    done, after = 0, 0
    while True:
        rows = list(retaining.DUE[rule.code](party, before).filter(pk__gt=after).order_by("pk")[:BATCH])
        if not rows:
            return done
        after = rows[-1].pk
        with transaction.atomic():
            events.lock_head(party)  # a hold is set under the same lock: it comes before or after, never between
            free = [row for row in rows if not retaining.is_held(party, row)]
            count = GO[rule.code](party, free, at) if free else 0
            if count:
                events.append(DELETED, f"retention:{rule.code}", party=party, actor=events.SYSTEM, at=at, data={
                    "count": count, "years": rule.years, "before": before.date().isoformat(),
                    "held": len(rows) - len(free)})
        done += count


def _refused(party: str, rows: list[Any], at: datetime) -> int:
    """What was typed and said goes, with the documents; number, days and the decision stay."""
    for case in rows:
        case.answers, case.ruling, case.conditions, case.refusal, case.retrospective = {}, None, "", None, None
        case.save(update_fields=["answers", "ruling", "conditions", "refusal", "retrospective"])
        case.questions.update(text="–", answer="")
        case.opinions.update(text="–", conditions="")
        case.findings.update(note="")
        case.overrides.update(reason="–")
        case.appeals.update(text="–", refusal=None, grounds="")
        for attachment in case.attachments.select_related("upload"):
            _empty(attachment.upload)
        case.attachments.update(note="")
        seqs = list(Event.objects.filter(party=party, subject=case.subject, note__isnull=False)
                    .values_list("seq", flat=True))
        notes.erase(party, seqs, subject=case.subject, actor=events.SYSTEM, at=at)
    return len(rows)


def _empty(upload: Any) -> None:
    upload.file_name, upload.choices, upload.report = "erased", {}, {}
    upload.save(update_fields=["file_name", "choices", "report"])
    transaction.on_commit(lambda: uploads.forget(upload.pk))


def _drafts(party: str, rows: list[Any], at: datetime) -> int:
    return erasing.delete_drafts(Application.objects.filter(pk__in=[row.pk for row in rows]))


def _letters(party: str, rows: list[Any], at: datetime) -> int:
    mails = {row.mail_id for row in rows} - {None}
    count = Letter.objects.filter(pk__in=[row.pk for row in rows]).delete()[0]
    Mail.objects.filter(pk__in=mails).exclude(pk__in=Letter.objects.filter(mail__in=mails).values("mail")).delete()
    return count


def _accounts(party: str, rows: list[Any], at: datetime) -> int:
    """As if the person had asked: what must stay stays."""
    return sum(not isinstance(erasing.erase(row, party=party, by=events.SYSTEM, at=at), Refusal) for row in rows)


def _leads(party: str, rows: list[Any], at: datetime) -> int:
    return Lead.objects.filter(pk__in=[row.pk for row in rows]).update(sender="", receiver="", note="")


def _requests(party: str, rows: list[Any], at: datetime) -> int:
    return SubjectRequest.objects.filter(pk__in=[row.pk for row in rows]).delete()[0]


GO: Final[Mapping[str, Callable[[str, list[Any], datetime], int]]] = {
    Record.REFUSED.value: _refused, Record.DRAFT.value: _drafts, Record.LETTER.value: _letters,
    Record.ACCOUNT.value: _accounts, Record.LEAD.value: _leads, Record.REQUEST.value: _requests,
}

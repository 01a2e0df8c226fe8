"""Work after a commit: telling of alerts; each day what has run out, which a person then looks at."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.models import Role
from wildgate.apps.intelligence.models import Alert, ContactPoint, HandOver, Report
from wildgate.apps.intelligence.selectors import members_of
from wildgate.apps.intelligence.selectors.membership import SOON, in_force
from wildgate.apps.intelligence.services.handing import WAITING
from wildgate.apps.intelligence.services.telling import readers, tell
from wildgate.apps.intelligence.stream import digest as digest
from wildgate.apps.letters import services as letters
from wildgate.apps.letters.audience import holders
from wildgate.kit import events
from wildgate.kit.jobs import enqueue_daily, job

HOUR = 5
"""UTC: before the desks open."""
KEEPERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.COUNTERSIGNER, Role.AUDITOR})


def begin(party: str, at: datetime) -> None:
    """Ask for the next morning's look; one that waits already is enough."""
    enqueue_daily(each_day, "daily", HOUR, party=party, at=at)


@job
def each_day(*, at: datetime, party_code: str) -> None:
    """Tell whom it concerns what has run out: reports, hand-overs, memberships. Nothing is deleted."""
    begin(party_code, at)
    over = list(Report.objects.filter(party=party_code, retain_until__lt=at.date()).select_related("mark"))
    for found in over:
        tell("intelligence-review", found, found.mark, at, f"{found.subject}:review:{found.retain_until}",
             authority=found.mark.owner_id)
    for handed in HandOver.objects.filter(party=party_code, state__in=WAITING, due_at__lt=at):
        look_at_hand_over(at=at, hand_over=handed.pk)
    ending = in_force(party_code, at).filter(valid_until__lte=(at + SOON).date())
    for row in ending:
        letters.tell(holders(party_code, KEEPERS, at.date()), "intelligence-recheck", "", {"number": str(row.pk)},
                     at=at, party=party_code, key=f"{row.subject}:recheck:{row.valid_until}")
    if over:
        with transaction.atomic():
            events.append("intelligence-review-due", "intelligence", party=party_code, actor=events.SYSTEM, at=at,
                          data={"reports": len(over)})


@job
def look_at_hand_over(*, at: datetime, hand_over: int) -> None:
    """Its time is over: both sides are told once, where nobody has decided."""
    handed = (HandOver.objects.filter(pk=hand_over, state__in=WAITING, due_at__lte=at)
              .select_related("report", "mark").first())
    if handed is None or handed.report is None:
        return
    for side in (handed.from_authority_id, handed.to_authority_id):
        tell("intelligence-hand-over-late", handed.report, handed.mark, at, f"{handed.subject}:late", authority=side)


@job
def tell_of_alert(*, at: datetime, alert: int) -> None:
    """Letters to the contributors who may read it; to contact points only that there is one, and where to sign in."""
    found = Alert.objects.select_related("mark").filter(pk=alert).first()
    if found is None:
        return
    told = {actor.own_id for actor in readers(found.party, found.mark, at)}
    letters.tell(told - {found.raised_by_id}, "intelligence-alert", found.subject, {"number": str(found.pk)}, at=at,
                 party=found.party, key=f"{found.subject}:raised")
    authorities = {int(member.authority) for _actor, member in members_of(found.party, at, told)} if told else set()
    for point in ContactPoint.objects.filter(party=found.party, ended_at=None, alerts=True,
                                             authority_id__in=authorities).exclude(email=""):
        write_to(point.email, found.appendix)


def write_to(address: str, appendix: str) -> None:
    """One mail without content: that there is an alert, and the address of the desk."""
    said = _("There is an Appendix I alert; sign in.") if appendix == "I" else _("There is an alert; sign in.")
    send_mail(f"Wildgate: {said}", f"{said}\n\n{settings.BASE_URL}{reverse('intelligence')}\n", None, [address])

"""The digest by mail: each morning what is new, to contributors. A mail holds nothing above TLP:GREEN.

Mail lies on other people's machines. So it holds what the community may know, nothing of persons, and it does not say
whether there is more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.clearance import Member
from wildgate.kit.jobs import enqueue_daily, job
from wildgate.sharing.marking import Tlp

HOUR: Final = 6
"""UTC: after what has run out was looked at."""
DAY: Final = timedelta(days=1)
LINES: Final = 50


def begin(party: str, at: datetime) -> None:
    """Ask for the next morning's mails; one that waits already is enough."""
    enqueue_daily(send_digests, "daily", HOUR, party=party, at=at)


def lines(actor: Actor, member: Member, at: datetime) -> list[str]:
    """What was filed and raised since yesterday, as far as the member may read it and a mail may hold it."""
    alerts = selectors.visible_alerts(actor, at, member).filter(
        raised_at__gt=at - DAY, mark__tlp__lte=int(Tlp.GREEN), mark__nominal=False)[:LINES]
    reports = selectors.visible_reports(actor, at, member).filter(
        filed_at__gt=at - DAY, mark__tlp__lte=int(Tlp.GREEN), mark__nominal=False)[:LINES]
    return [*(f"{_('Alert')}: {each.title}" for each in alerts),
            *(f"{each.number}: {each.current.title}" for each in reports if each.current is not None)]


@job
def send_digests(*, at: datetime, party_code: str) -> None:
    """One mail to each contributor for whom there is something that a mail may hold."""
    begin(party_code, at)
    for actor, member in selectors.members_of(party_code, at):
        said = lines(actor, member, at)
        address = Person.objects.filter(pk=member.person_id).values_list("email", flat=True).first()
        if said and address:
            send_mail(_("Wildgate: new in the intelligence space"),
                      "\n".join([*said, "", f"{settings.BASE_URL}{reverse('intelligence')}"]), None, [address])

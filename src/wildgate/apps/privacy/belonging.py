"""What belongs to what, so that a hold on a person, a firm, a case or a tip covers everything that hangs on it."""

from __future__ import annotations

from collections.abc import Iterator

from wildgate.apps.accounts.models import Organisation, Post
from wildgate.apps.inspections.models import Filed
from wildgate.apps.market.models import Evidence, Listing, SellerName
from wildgate.apps.permits.models import Application, Attachment, Permit
from wildgate.apps.tips.models import Attachment as TipAttachment
from wildgate.kit.holds import belongs


@belongs("application")
def of_case(party: str, subject: str) -> Iterator[str]:
    """A case belongs to its organisation, to who began it, and to the permit that came of it."""
    found = Application.objects.filter(party=party, number=_key(subject)).select_related("permit").first()
    if found is not None:
        yield f"organisation:{found.organisation_id}"
        yield f"person:{found.started_by_id}"
        if hasattr(found, "permit"):
            yield found.permit.subject


@belongs("permit")
def of_permit(party: str, subject: str) -> Iterator[str]:
    """A permit belongs to its case."""
    number = _key(subject).rpartition("/")[0]
    for found in Permit.objects.filter(party=party, number=number).select_related("application"):
        yield found.application.subject


@belongs("messages")
def of_messages(party: str, subject: str) -> Iterator[str]:
    """The messages about a number belong to the permit with that number."""
    for found in Permit.objects.filter(party=party, number=_key(subject)):
        yield found.subject


@belongs("organisation")
def of_organisation(party: str, subject: str) -> Iterator[str]:
    """A private person's organisation belongs to that person."""
    key = _number(subject)
    if Organisation.objects.filter(pk=key, private=True).exists():
        for person in Post.objects.filter(organisation_id=key).values_list("person_id", flat=True):
            yield f"person:{person}"


@belongs("upload")
def of_upload(party: str, subject: str) -> Iterator[str]:
    """A file belongs to its case, or to the seizure that it shows."""
    for attachment in Attachment.objects.filter(upload_id=_number(subject)).select_related("application"):
        yield attachment.application.subject
    for filed in Filed.objects.filter(upload_id=_number(subject)).select_related("seizure"):
        if filed.seizure is not None:
            yield filed.seizure.subject


@belongs("attachment")
def of_attachment(party: str, subject: str) -> Iterator[str]:
    """What a stranger handed in belongs to the tip."""
    for found in TipAttachment.objects.filter(party=party, held=_key(subject)).select_related("tip"):
        yield found.tip.subject


@belongs("tip")
def of_tip(party: str, subject: str) -> Iterator[str]:
    """A tip belongs to the report that was made of it."""
    from wildgate.apps.tips.models import Tip
    for report, case in Tip.objects.filter(party=party, number=_key(subject)).values_list("report", "case"):
        yield from (f"intelligence-report:{each}" for each in (report,) if each)
        yield from (f"intelligence-case:{each}" for each in (case,) if each)


@belongs("evidence")
def of_evidence(party: str, subject: str) -> Iterator[str]:
    """Evidence belongs to the listings that it shows."""
    for found in Evidence.objects.filter(party=party, number=_key(subject)):
        for capture in found.captures.select_related("listing"):
            if capture.listing is not None:
                yield capture.listing.subject


@belongs("listing")
def of_listing(party: str, subject: str) -> Iterator[str]:
    """A listing belongs to the case and the report that name it."""
    for report, case in Listing.objects.filter(party=party, number=_key(subject)).values_list("report", "case"):
        yield from (f"intelligence-report:{each}" for each in (report,) if each)
        yield from (f"intelligence-case:{each}" for each in (case,) if each)


@belongs("seller")
def of_seller(party: str, subject: str) -> Iterator[str]:
    """A seller belongs to the listings."""
    for name in SellerName.objects.filter(seller__party=party, seller__key__startswith=_key(subject)):
        for listing in name.seller.listings.all():
            yield listing.subject


def _key(subject: str) -> str:
    return subject.partition(":")[2]


def _number(subject: str) -> int:
    return int(_key(subject)) if _key(subject).isdecimal() else 0

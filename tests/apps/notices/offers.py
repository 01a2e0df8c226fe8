"""Listings, a platform with rules, and notices for the tests of notices."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from wildgate.apps.market.models import Capture, Evidence, Listing
from wildgate.apps.notices import services
from wildgate.apps.notices.models import Notice
from wildgate.apps.platforms import services as register
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts, RuleFacts

counter = itertools.count(1)
SELLER_WORDS = "Call Rosa on 555-0199 for a tame baby python"
TOLD = services.Draft(explanation="It offers a live python with no mention of a permit.", language="en",
                      notifier="Management Authority of Demoland", notifier_email="cites@demoland.example",
                      rule_key="live")


def bazaar(who: dict[str, Any], at: datetime, name: str = "Bazaar", mailbox: str = "trust@bazaar.example") -> Any:
    """A platform whose code forbids live animals of Appendices I and II."""
    host = f"{name.lower()}.example"
    made = register.add_platform(actor=who["ines"], at=at, told=PlatformFacts(name, "marketplace", hosts=(host,)))
    register.record_policy(actor=who["ines"], key=made.key, at=at, told=PolicyFacts(
        "published", date(2020, 1, 1), "Its help pages", code="own", rules=(
            RuleFacts("live", "No live animals of protected species.", ("I", "II")),
            RuleFacts("ivory", "No ivory.", ("I",)))))
    if mailbox:
        register.set_contact(actor=who["ines"], key=made.key, to=mailbox, note="", at=at)
    return made


def offer(platform: Any, at: datetime, **values: Any) -> Listing:
    """A captured and screened listing."""
    n = next(counter)
    facts = {"url": f"https://bazaar.example/item/{n}", "platform_id": platform.pk if platform else None,
             "platform": platform.name if platform else "", "outside_id": f"item-{n}", "title": SELLER_WORDS,
             "text": SELLER_WORDS, "first_seen": at, "last_seen": at, "screened_at": at, "specimen": "real",
             "taxon": "Python regius", "appendix_today": "II", "term": "LIV"}
    made = Listing.objects.create(party="QM", number=f"QM-L-{n:05d}", key=f"key-{n}", **{**facts, **values})
    proof = Evidence.objects.create(party="QM", number=f"QM-E-{n:05d}", how="form", sha256=f"{n:064x}", size=10,
                                    media="text/plain", authority="MA", legal_basis="Act 1", who="person:1", at=at)
    made.captured = Capture.objects.create(evidence=proof, listing=made, digest=f"{n:064x}", at=at)
    made.save(update_fields=["captured"])
    return made


def drafted(who: dict[str, Any], listing: Listing, at: datetime, **words: Any) -> Notice:
    made = services.draft(actor=who["ines"], listing=listing.number, at=at, told=services.Draft(
        **{**{name: getattr(TOLD, name) for name in services.Draft.__dataclass_fields__}, **words}))
    assert isinstance(made, Notice), made
    return made


def gone_out(who: dict[str, Any], listing: Listing, at: datetime, **words: Any) -> Notice:
    """A notice that Ines drafted and Amina took to the platform's own form."""
    made = services.send(actor=who["amina"], number=drafted(who, listing, at, **words).number, way="download",
                         good_faith=True, at=at)
    assert isinstance(made, Notice), made
    return made


def looked(who: dict[str, Any], notice: Notice, found: str, after: timedelta, again: str = "") -> Any:
    when = notice.out_at + after
    return services.look(actor=who["ines"], number=notice.number, found=found, relisted_as=again, at=when)

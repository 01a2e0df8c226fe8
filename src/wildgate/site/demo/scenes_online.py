"""The rooms against trade that hides: a tip, a report, adverts with a notice about one, a campaign, the portal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person
from wildgate.apps.campaigns import services as campaigns
from wildgate.apps.intelligence.services import contributors, file_report
from wildgate.apps.intelligence.services.filing import NewEntity
from wildgate.apps.market.seen import seen
from wildgate.apps.market.selectors import listings
from wildgate.apps.market.services.capturing import capture
from wildgate.apps.notices import services as notices
from wildgate.apps.platforms import services as platforms
from wildgate.apps.platforms.facts import PlatformFacts, PolicyFacts, RuleFacts
from wildgate.apps.portal import services as portal
from wildgate.apps.tips import puzzles
from wildgate.apps.tips import services as tips
from wildgate.apps.tips.services.intake import Told
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.sharing.grading import Credibility, Grading, Reliability
from wildgate.sharing.marking import Marking, Tlp

T = TypeVar("T")
BASIS = "Wildlife Act of Demoland, section 14"
BAZAAR = "https://bazaar.example/item/"
ADVERTS = (
    ("Live African grey parrot, hand reared", "Talks a little, with cage. No papers. Ships everywhere.", "450"),
    ("Varanus salvator skin, tanned", "Export permit 26QM000031E. Wild caught, 40 cm.", "35"),
    ("Ivory coloured candle holder", "Resin, looks old. New.", "8"),
    ("Python regius, captive bred", "Hatched in spring, feeds well, collection only.", "60"),
)


def play(people: Mapping[str, Actor], at: datetime) -> None:
    """In the order in which it would happen."""
    let_in(people, at)
    join(people, at)
    tell(at)
    report(people, at)
    look_round(people, at)
    search(people, at)
    publish(people, at)


def done(outcome: T | Refusal) -> T:
    """The demo's own steps are never refused."""
    if isinstance(outcome, Refusal):
        raise TypeError(outcome.code)
    return outcome


def let_in(people: Mapping[str, Actor], at: datetime) -> None:
    """Contributors of the intelligence space: proposed by the auditor, confirmed by the countersigner."""
    for name, compartments in (("ines", ()), ("tomas", ()), ("nadia", ()), ("amina", ())):
        who = people[name]
        made = done(contributors.propose(
            actor=people["ana"], email=Person.objects.get(pk=who.own_id).email, authority=min(who.authorities),
            clearance=Tlp.AMBER_STRICT, until=(at + timedelta(days=300)).date(), compartments=compartments, groups=(),
            at=at))
        done(contributors.confirm(actor=people["bo"], contributor=made.pk, at=at))


def join(people: Mapping[str, Actor], at: datetime) -> None:
    """A platform with rules of its own."""
    made = done(platforms.add_platform(actor=people["ines"], at=at, told=PlatformFacts(
        "Bazaar", "marketplace", "QM", ("QM", "QZ"), ("bazaar.example",))))
    done(platforms.record_policy(actor=people["ines"], key=made.key, at=at, told=PolicyFacts(
        "published", date(2025, 1, 1), "Its help pages", code="own", rules=(
            RuleFacts("live", "No live animals of protected species.", ("I", "II")),
            RuleFacts("ivory", "No ivory.", ("I",))))))
    done(platforms.set_contact(actor=people["ines"], key=made.key, to="trust@bazaar.example", note="", at=at))


def tell(at: datetime) -> None:
    """Somebody tells of a container."""
    done(tips.take_in(at=at, puzzle=puzzles.make(1, at), told=Told(
        text="On Friday a container with scales under bags of cashew nuts is to leave by the north gate. It has gone "
             "that way twice this year.", kind="shipment", language="en", place="North gate",
        transport="MSKU 123456-7", species="pangolin")))


def report(people: Mapping[str, Actor], at: datetime) -> None:
    done(file_report(
        actor=people["ines"], party=people["ines"].party, origin="own", origin_key="", at=at,
        title="Cashew route to the north",
        text="Two consignments of cashew nuts since spring weighed more than declared.",
        grading=Grading(Reliability.USUALLY, Credibility.POSSIBLE), marking=Marking(Tlp.GREEN, ""),
        entities=(NewEntity("taxon", "Manis tricuspis"), NewEntity("place", "North gate"))))


def look_round(people: Mapping[str, Actor], at: datetime) -> None:
    """Adverts are captured and read; of the living one the platform is told, and somebody looks again."""
    ines = people["ines"]
    for number, (title, text, price) in enumerate(ADVERTS, 1):
        done(capture(actor=ines, legal_basis=BASIS, at=at, listing=seen(
            title, text, url=f"{BAZAAR}{number}", platform="Bazaar", outside_id=str(number), price=float(price),
            currency="EUR", location="Port Lacuna")))
    jobs.run_pending()
    parrot = next(row for row in listings(ines.party) if "parrot" in row.title)
    notice = done(notices.draft(actor=ines, listing=parrot.number, at=at, told=notices.Draft(
        explanation="It offers a live parrot of Appendix I with no mention of a permit.", language="en",
        notifier="Management Authority of Demoland", notifier_email="cites@demoland.example", rule_key="live")))
    done(notices.send(actor=people["amina"], number=notice.number, way="download", good_faith=True, at=at))


def search(people: Mapping[str, Actor], at: datetime) -> None:
    """Ten weeks of searches by one protocol."""
    first = at - timedelta(weeks=10)
    made = done(campaigns.plan(
        actor=people["ito"], title="Snakes on one marketplace", question="Are more live snakes offered than before?",
        first_day=first.date(), last_day=(at + timedelta(weeks=20)).date(), minutes=30, at=first,
        scope=campaigns.Scope(("bazaar",), ("python", "boa"), ("Python regius",), ("en",), ("A1", "B2"),
                              "One advert that offers at least one live snake.")))
    done(campaigns.begin(actor=people["ito"], number=made.number, at=first))
    for week, matching in enumerate((2, 0, 3, 4, 2, 5, 6, 4, 7, 8)):
        when = first + timedelta(weeks=week, hours=2)
        done(campaigns.record(actor=people["ito"], number=made.number, at=when + timedelta(hours=1),
                              told=campaigns.Found(when, Decimal(30), "bazaar", "python", "A1", 60, matching, "en")))


def publish(people: Mapping[str, Actor], at: datetime) -> None:
    """What worked is told to the other Parties."""
    typed: dict[str, Any] = {
        "title": "Warnings beside search words", "problem": "Buyers did not know that a permit is needed.",
        "done": "The platform shows a warning beside the names of protected species.",
        "result": "Fewer adverts, counted each week for half a year.", "taxa": "Psittacus erithacus",
        "platforms": "bazaar.example", "begins": "2026-03-01"}
    made = portal.draw_up(actor=people["ines"], kind="practice", language="en", basis="dec-15-57", typed=typed, at=at)
    if isinstance(made, list):
        raise TypeError([each.code for each in made])
    done(portal.submit(actor=people["ines"], number=made.number, at=at))
    done(portal.accept(actor=people["amina"], number=made.number, at=at))
    done(portal.publish(actor=people["amina"], number=made.number, at=at))

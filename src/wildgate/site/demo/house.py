"""How Demoland's authority works: holidays, service times, a tariff, teams, remits, forms, all invented.

Amina proposes and Bo confirms, as anywhere; the rules stand before the first application of the demo world comes in.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Authority
from wildgate.apps.fees import services as fees
from wildgate.apps.fees.selectors import charge_of
from wildgate.apps.houserules import people, services
from wildgate.apps.houserules.models import Rule, Team

HOLIDAYS = (
    ("01-01", "New Year", "Nouvel An", "Año Nuevo", "رأس السنة"),
    ("03-03", "World Wildlife Day", "Journée mondiale de la vie sauvage", "Día Mundial de la Vida Silvestre",
     "اليوم العالمي للحياة البرية"),
    ("05-01", "Labour Day", "Fête du travail", "Día del Trabajo", "عيد العمال"),
    ("08-14", "Lagoon Day", "Fête de la lagune", "Día de la Laguna", "يوم البحيرة"),
    ("12-25", "Christmas", "Noël", "Navidad", "عيد الميلاد"),
)
ELSEWHERE = {"QZ": "printed-qr", "CH": "electronic", "JP": "security-paper"}
RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("week", {"weekend": ["5", "6"]}),
    ("service-time", {"days": "15"}),
    ("service-time", {"days": "10", "direction": "re-export"}),
    ("service-time", {"days": "20", "group": "Orchidaceae"}),
    ("service-time", {"days": "2", "perishable": True}),
    ("tariff", {"currency": "QML", "base": "40.00", "per_line": "5.00", "lines_included": "2",
                "extras": {"replacement": "15.00", "urgent": "30.00"}}),
    ("tariff", {"currency": "QML", "base": "20.00", "document": "ownership-certificate"}),
    ("port", {"name": "Kivu-2", "use": "both", "live": True, "codes": ["QMKV2"]}),
    ("port", {"name": "Port Lacuna", "use": "both"}),
    *(("partner-form", {"country": country, "form": form}) for country, form in ELSEWHERE.items()),
    ("condition", {"name": "Live animals by air", "groups": ["Animalia"], "texts": {
        "en": "Live animals are carried as the IATA Live Animals Regulations ask.",
        "fr": "Les animaux vivants sont transportés conformément à la réglementation de l'IATA.",
        "es": "Los animales vivos se transportan según la reglamentación de la IATA.",
        "ar": "تُنقل الحيوانات الحية وفق لوائح الاتحاد الدولي للنقل الجوي."}}),
    ("condition", {"name": "Tagged skins", "groups": ["Crocodylia"], "texts": {
        "en": "Each skin bears a universal tag; the numbers are on this permit.",
        "fr": "Chaque peau porte une étiquette universelle ; les numéros figurent sur ce permis.",
        "es": "Cada piel lleva una etiqueta universal; los números constan en este permiso.",
        "ar": "يحمل كل جلد بطاقة عالمية، وأرقامها مدونة في هذا التصريح."}}),
    ("text", {"name": "contact", "texts": {
        "en": "Management Authority, 1 Heron Square, Lacuna City. Monday to Friday, 9 to 15.",
        "fr": "Organe de gestion, 1 place du Héron, Lacuna City. Du lundi au vendredi, de 9 h à 15 h.",
        "es": "Autoridad Administrativa, plaza de la Garza 1, Lacuna City. De lunes a viernes, de 9 a 15.",
        "ar": "السلطة الإدارية، ساحة مالك الحزين 1، لاكونا. من الاثنين إلى الجمعة، من 9 إلى 15."}}),
    ("text", {"name": "appeal", "texts": {
        "en": "You may appeal within 30 days. Somebody who did not refuse it decides.",
        "fr": "Vous pouvez faire appel dans les 30 jours. Une autre personne que celle qui a refusé décide.",
        "es": "Puede recurrir en un plazo de 30 días. Decide alguien que no la denegó.",
        "ar": "يمكنك التظلم خلال 30 يوماً، ويبت فيه شخص غير من رفض الطلب."}}),
    ("text", {"name": "refusal-closing", "texts": {
        "en": "We are glad to explain the decision to you.", "fr": "Nous vous expliquerons volontiers cette décision.",
        "es": "Con gusto le explicaremos la decisión.", "ar": "يسرنا أن نشرح لك القرار."}}),
    ("text", {"name": "payment", "texts": {
        "en": "At the cash desk, by transfer, or here.", "fr": "À la caisse, par virement ou ici.",
        "es": "En caja, por transferencia o aquí.", "ar": "في الصندوق أو بالتحويل أو هنا."}}),
)
TEAMS = (
    ({"name": "Fauna", "office": "Lacuna City", "groups": ["Animalia"]}, ("amina", "bo")),
    ({"name": "Flora", "office": "Port Lacuna", "groups": ["Plantae"]}, ("amina",)),
)


def settle_house(people_by_name: dict[str, Actor], at: datetime) -> None:
    """Enter the rules, once. They begin on the day of `at`."""
    amina, bo = people_by_name["amina"], people_by_name["bo"]
    if Rule.objects.filter(party=amina.party).exists():
        return
    with transaction.atomic():
        proposed = [_propose(amina, kind, given, at) for kind, given in (*RULES, *_remits(amina.party), *_days(at))]
        confirmed = services.confirm(actor=bo, rules=[rule.pk for rule in proposed], at=at)
        if not isinstance(confirmed, list):
            raise ValueError(confirmed.reason)
        for given, members in TEAMS:
            _team(people_by_name, given, members, at)


def leave_open(people_by_name: dict[str, Actor], at: datetime) -> None:
    """A change that waits for a second person, so that the desk has something on it."""
    given = {"currency": "QML", "base": "45.00", "per_line": "5.00", "lines_included": "2",
             "extras": {"replacement": "15.00", "urgent": "30.00"}}
    services.propose(actor=people_by_name["amina"], kind="tariff", given=given, at=at,
                     since=at.date() + timedelta(days=30), why="Paper costs more.")


def pay_fee(people_by_name: dict[str, Actor], case: str, at: datetime) -> str:
    """Amina records the receipt of what an application costs; what it was, or nothing where nothing is due."""
    amina = people_by_name["amina"]
    charge = charge_of(amina.party, f"application:{case}")
    if charge is None or charge.state != "due":
        return ""
    fees.receive(actor=amina, charge=charge.pk, reference=f"R-{case[-11:]}", amount=charge.amount,
                 currency=charge.currency, paid_on=at.date(), at=at)
    return f"{fees.plain(charge)} {charge.currency}"


def _propose(amina: Actor, kind: str, given: dict[str, Any], at: datetime) -> Rule:
    done = services.propose(actor=amina, kind=kind, given=given, at=at)
    if not isinstance(done, Rule):
        raise ValueError(f"{kind}: {done[0].field}: {done[0].reason}")
    return done


def _remits(party: str) -> list[tuple[str, dict[str, Any]]]:
    """The Scientific Authority advises on animals, the Herbarium on plants."""
    bodies = Authority.objects.filter(party=party, kind=Authority.Kind.SCIENTIFIC)
    return [("remit", {"authority": str(body.pk), "groups": ["Plantae" if "Herbarium" in body.name else "Animalia"]})
            for body in bodies.order_by("pk")]


def _days(at: datetime) -> list[tuple[str, dict[str, Any]]]:
    """The holidays within half a year before and a year after."""
    first, last = at.date() - timedelta(days=183), at.date() + timedelta(days=366)
    days = [(date.fromisoformat(f"{year}-{day}"), names)
            for year in range(first.year, last.year + 1) for day, *names in HOLIDAYS]
    return [("holiday", {"day": day.isoformat(), "names": dict(zip(("en", "fr", "es", "ar"), names, strict=True))})
            for day, names in days if first <= day <= last]


def _team(people_by_name: dict[str, Actor], given: dict[str, Any], members: tuple[str, ...], at: datetime) -> None:
    team = people.make_team(actor=people_by_name["bo"], given=given, at=at)
    if not isinstance(team, Team):
        raise ValueError(team[0].reason)
    for name in members:
        people.add_member(actor=people_by_name["bo"], team=team.pk, person=people_by_name[name].own_id, at=at)

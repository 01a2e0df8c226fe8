"""Adverts for tests of claims: from templates with the claims that each holds, by hand, and some that claim nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator

Said = frozenset[str]

GOODS = ("ball python", "African grey parrot", "Hermann's tortoise", "ivory netsuke", "crocodile belt",
         "pair of marmosets",
         "green tree python", "rosewood guitar", "python regius", "perroquet gris", "loro gris", "Graupapagei",
         "leopard gecko")
SOURCES = (("captive-bred", ("captive bred", "Captive-Bred", "bred in captivity", "CAPTIVE  BRED",
                             "né et élevé en captivité",
                             "criado en cautividad", "Nachzucht", "人工繁殖", "разведен в неволе")),
           ("F1", ("F1 generation", "F1 juvenile", "generación F1")),
           ("F2", ("F2 generation",)),
           ("wild", ("wild caught", "wild-caught", "WILD COLLECTED", "taken from the wild", "capturé dans la nature",
                     "Wildfang", "capturado en la naturaleza", "野生捕获")),
           ("farmed", ("farmed", "farm raised", "farm-bred", "de granja", "养殖")),
           ("ranched", ("ranched", "ranch-raised")),
           ("propagated", ("artificially propagated", "nursery grown", "reproducida artificialmente")),
           ("pre-convention", ("pre-Convention", "pre CITES", "pre-ban", "anterior a CITES")))
AGES = (("antique", ("antique", "Antik", "antiquité")), ("pre-1947", ("pre-1947", "worked before 1947",
                                                                      "avant 1947", "vor 1947")),
        ("1890", ("circa 1890", "c.1890", "ca. 1890")), ("century-19", ("19th century",)), ("1920s", ("1920s",
                                                                                                      "1920's")),
        ("over-100-years", ("over 100 years old", "plus de 100 ans", "über 100 Jahre alt")))
PURPOSES = (("P", ("for personal use only", "usage personnel", "uso personal")), ("S", ("for scientific research",
                                                                                        "fines científicos")),
            ("H", ("hunting trophy", "trophée de chasse")), ("B", ("for breeding purposes", "zur Zucht")))
ORIGINS = (("ID", ("imported from Indonesia", "origin: Indonesia", "collected in Indonesia")), ("TZ",
                                                                                                ("from Tanzania",)),
           ("VN", ("from Vietnam", "country of origin Viet Nam")), ("MG", ("origine : Madagascar",)))
PAPERS = (("papers", ("with CITES papers", "CITES certificate included", "avec papiers", "con papeles",
                      "mit Papieren", "证件齐全")),
          ("article-10", ("Article 10 included", "A10 comes along", "EU certificate")),
          ("none", ("no paperwork", "no papers", "without papers", "sans papiers", "sin papeles", "ohne Papiere",
                    "no CITES papers",
                    "без документов")),
          ("exempt", ("no permit needed", "no paperwork required", "CITES not required")))
CALLED = ("permit no. {}", "permit number: {}", "CITES permit {}", "CITES no {}", "permis n° {}", "permiso nº {}",
          "Genehmigung Nr. {}",
          "certificate #{}", "export permit {}", "CITES: {}")
KNOWN = ("26QM000031E", "21QZ004410C", "19US12345C/9", "FR1007533178-E", "DE-E-01234/21", "21NO-0007-IM",
         "00123/IV/SATS-LN/2019",
         "14NL123456/20", "IT/EX/2018/MCE/01234", "2018CN/EC000123/GZ", "T-JP-18-001234", "17CA01234/CWHQ")
UNKNOWN = ("583412/01", "2022-118-445", "ABC/2020/0042", "11222-11334", "KZ7781", "990145/7")
MARKS = (("transponder {}", ("microchip {}", "Microchip no. {}", "chip: {}", "transponder {}"),
          ("250269604123456", "981098104567890", "250 269 604 123 456")),
         ("ring {}", ("ring no. {}", "closed ring {}", "ringed, ring number {}", "anilla nº {}", "beringt Nr. {}"),
          ("QM-2026-0012", "DE-23-1234", "FR-1234-12")),
         ("tag {}", ("CITES tag {}", "tag no. {}", "skin tag no. {}"), ("ZW-2020-001234", "US-CA-0012345")))
TEMPTING = (
    "call 0171-2345678 or whatsapp +62 812 3456 7890", "only $1,250.00, was 1,499", "price 583412 EUR",
    "ISBN 978-3-16-148410-0",
    "item no. 284756019283", "SKU 19US-12345", "lot 4471, estimate £1500-2000", "order number 2022-118-445",
    "stamp SG 123 MNH 1985",
    "tracking RR123456789CN", "parking permit 583412 holder", "building permit no. 2020-1142",
    "fishing license 99812 case",
    "antique brass finish", "Victorian style dress", "antique-look frame", "Ferrari F1 car model 1:43",
    "CB radio antenna",
    "wild rose print", "born to be wild t-shirt", "Samsung A10 phone case", "Article 10 GDPR handbook",
    "ring size 7 14k gold",
    "sterling silver ring 925", "band 7/8 wide", "price tag 12.99", "name tag no. 5", "ships from Vietnam",
    "free shipping from Indonesia",
    "watch with box and papers", "no paper jam printer", "royalty free commercial use svg", "size 250 269",
    "made in 2004, 20th anniversary 2019",
    "barcode 8710447312345", "phone: 555-123-4567", "driver license holder 1234567", "USB chip 1234567890123",
    "gift tag set of 20",
    "rubber band 500 pcs", "software license 12-3456-78", "work permit 12345 visa", "model 19US12",
    "VIN 1HGCM82633A004352",
    "SIM chip 8988211000000123456", "model year 2021/22", "date 12/03/2024", "measures 12/34/56 cm",
    "Michel 2776 block", "not wild caught?",
    "never captive bred in our shop")


def made(count: int, seed: int) -> Iterator[tuple[str, Said]]:
    """Adverts with one to five claims among tempting words, and what they claim."""
    chance = random.Random(seed)
    for _ in range(count):
        parts, said = [chance.choice(GOODS)], set()
        for group in chance.sample(range(7), chance.randint(1, 5)):
            text, claim = _one(group, chance)
            parts.append(text)
            said.add(claim)
        parts += chance.sample(TEMPTING, chance.randint(0, 2))
        tail = parts[1:]
        chance.shuffle(tail)
        yield chance.choice((", ", "; ", " - ", ". ", "\n")).join([parts[0], *tail]), frozenset(said)


def _one(group: int, chance: random.Random) -> tuple[str, str]:
    worded = (("source", SOURCES), ("age", AGES), ("purpose", PURPOSES), ("origin", ORIGINS), ("paper", PAPERS))
    if group < len(worded):
        kind, table = worded[group]
        value, texts = chance.choice(table)
        return chance.choice(texts), f"{kind}={value}"
    if group == 5:
        number = chance.choice(KNOWN + UNKNOWN)
        return chance.choice(CALLED).format(number), f"permit={number}"
    form, called, numbers = chance.choice(MARKS)
    number = chance.choice(numbers)
    value = number.replace(" ", "") if form.startswith("trans") else number
    return chance.choice(called).format(number), f"mark={form.format(value)}"


BY_HAND: tuple[tuple[str, Said], ...] = (
    ("CB 2023 ball python, female, eating well. Cash only.", frozenset({"source=captive-bred"})),
    ("WC adult pair of panther chameleons, freshly imported from Madagascar", frozenset({"source=wild", "origin=MG"})),
    ("African Grey, 4 years, closed ring GB-1234-19 and Article 10 no. 583412/01, selling to loving home",
     frozenset({"mark=ring GB-1234-19", "paper=article-10", "permit=583412/01"})),
    ("Georgian ivory snuff box, pre-1947, exempt from Article 10", frozenset({"age=historic-period", "age=pre-1947",
                                                                              "paper=exempt"})),
    ("Ivory carving, no questions asked, DM me", frozenset({"paper=none"})),
    ("Savannah F2 kitten, microchip 981098104567890", frozenset({"source=F2", "mark=transponder 981098104567890"})),
    ("Tortue d'Hermann née en captivité, puce 250269604123456, avec CIC", frozenset(
        {"source=born-in-captivity", "mark=transponder 250269604123456"})),
    ("Se vende loro yaco, anillado, criado en cautividad, con papeles CITES", frozenset({"source=captive-bred",
                                                                                         "paper=papers"})),
    ("Nile crocodile skin, CITES tag ZW-2020-001234, export permit 26QM000031E, ranched, from Zimbabwe", frozenset(
        {"mark=tag ZW-2020-001234", "permit=26QM000031E", "source=ranched", "origin=ZW"})),
    ("Mammoth ivory netsuke, free shipping from Hong Kong, 19th century style?", frozenset({"age=century-19"})),
    ("Brazilian rosewood guitar 1967, pre-CITES wood, no certificate", frozenset({"source=pre-convention",
                                                                                  "paper=none"})),
    ("Real alligator belt 38 handmade, 250 USD", frozenset()),
    ("Tiger shark tooth fossil, 12-34-56", frozenset()),
    ("Kakadu, DNA test, Ring Nr. DE-23-1234, Herkunft: Indonesien, Farmzucht", frozenset(
        {"mark=ring DE-23-1234", "source=farmed"})),
    ("Ball Python het pied, capt. hatched, Rechnung mit CITES", frozenset({"paper=papers"})),
)

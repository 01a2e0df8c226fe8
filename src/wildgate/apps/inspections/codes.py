"""The codes of controls and seizures: why, how, what was found, what became of it. Words are those of the pages."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Agency as Agency


class Behind(TextChoices):
    """What an inspection looks at."""

    DECLARATION = "declaration", _("Customs declaration")
    PERMIT = "permit", _("Permit of this Party")
    FOREIGN = "foreign", _("Foreign paper")
    PARCEL = "parcel", _("Parcel")
    NONE = "none", _("Goods without a paper")


class Reason(TextChoices):
    """Why a consignment is looked at."""

    LANE = "lane", _("Lane of risk control")
    MATRIX = "matrix", _("Check matrix")
    RANDOM = "random", _("Drawn at random")
    INTELLIGENCE = "intelligence", _("Intelligence")
    DIFFERENCE = "difference", _("Paper and declaration differ")
    NO_PAPER = "no-paper", _("No permit named")
    LIVE = "live", _("Live specimens")
    CARRIER = "carrier", _("Handed over by a carrier")
    AGENCY = "agency", _("Asked for by another agency")
    OFFICER = "officer", _("Seen by the officer")


class Lane(TextChoices):
    RED = "red", _("Red")
    YELLOW = "yellow", _("Yellow")
    GREEN = "green", _("Green")
    NONE = "", _("No lane")


LANE_TURN: Final = {Lane.RED.value: 0, Lane.YELLOW.value: 1, Lane.NONE.value: 2, Lane.GREEN.value: 3}
"""The order in which a post works its list."""


class Kind(TextChoices):
    """How deep an inspection goes, the lightest first."""

    DOCUMENT = "document", _("Document check")
    IDENTITY = "identity", _("Identity check")
    PHYSICAL = "physical", _("Physical check")


DEPTH: Final = {Kind.DOCUMENT.value: 0, Kind.IDENTITY.value: 1, Kind.PHYSICAL.value: 2}


class Found(TextChoices):
    """What was found on one line."""

    IN_ORDER = "in-order", _("In order")
    MINOR = "minor-fault", _("Minor fault")
    QUANTITY = "wrong-quantity", _("Wrong quantity")
    SPECIES = "wrong-species", _("Wrong species")
    TERM = "wrong-term", _("Other specimens than declared")
    MARKS = "marks-differ", _("Marks missing or different")
    NO_PERMIT = "no-permit", _("No permit")
    FALSE_PERMIT = "false-permit", _("False or altered permit")
    DEAD = "dead-on-arrival", _("Dead on arrival")
    TRANSPORT = "bad-transport", _("Unfit transport of live specimens")
    UNDECLARED = "undeclared", _("Undeclared specimens")
    REFUSED = "refused-access", _("Access was refused")
    ABSENT = "not-presented", _("Goods were not presented")


NO_FAULT: Final = frozenset({Found.IN_ORDER.value})
GRAVE: Final = frozenset({Found.SPECIES.value, Found.NO_PERMIT.value, Found.FALSE_PERMIT.value, Found.UNDECLARED.value,
                          Found.REFUSED.value})
"""Findings with which goods are not simply released."""


class Outcome(TextChoices):
    """What became of the consignment."""

    OPEN = "", _("Open")
    RELEASE = "release", _("Released")
    RESERVED = "release-reserved", _("Released with reservation")
    HOLD = "hold", _("Held")
    SEND_BACK = "send-back", _("Sent back")
    SEIZE = "seize", _("Seized")


class Cause(TextChoices):
    """Reason for seizure, as the illegal trade report asks."""

    NO_PERMIT = "no-permit", _("No permit")
    FALSE_DOCUMENT = "false-document", _("False or altered document")
    INVALID = "invalid-document", _("Invalid or used document")
    WRONG_DECLARATION = "wrong-declaration", _("Wrong declaration")
    CONCEALMENT = "concealment", _("Concealment")
    QUANTITY = "quantity-exceeded", _("More than permitted")
    POSSESSION = "illegal-possession", _("Illegal possession")
    SALE = "illegal-sale", _("Illegal sale")
    TRANSPORT = "unlawful-transport", _("Transport against the rules for live specimens")


class Mode(TextChoices):
    AIR = "air", _("Air")
    SEA = "sea", _("Sea")
    ROAD = "road", _("Road")
    RAIL = "rail", _("Rail")
    POST = "post", _("Post or express")
    PERSON = "person", _("On the person")
    NONE = "none", _("Not in transport")


class Detection(TextChoices):
    ROUTINE = "routine", _("Routine check")
    PROFILE = "profiling", _("Risk profile")
    RANDOM = "random", _("Random check")
    XRAY = "x-ray", _("X-ray")
    DOG = "dog", _("Detector dog")
    INTELLIGENCE = "intelligence", _("Intelligence")
    CARRIER = "carrier", _("Told by a carrier")
    ONLINE = "online", _("Online watch")


class Method(TextChoices):
    """What may become of seized specimens (Art. VIII.4, Res. Conf. 17.8)."""

    RETURNED = "returned", _("Returned to the State of export")
    RESCUE = "rescue-centre", _("Given to a rescue centre")
    EDUCATION = "education", _("Given for education, research or identification")
    DESTROYED = "destroyed", _("Destroyed")
    SOLD = "sold", _("Sold")
    EUTHANASIA = "euthanasia", _("Euthanasia")
    STORED = "stored", _("Kept in store")


class Confidence(TextChoices):
    CERTAIN = "certain", _("Certain")
    PROBABLE = "probable", _("Probable")
    POSSIBLE = "possible", _("Possible")

"""The codes of the permit form: Appendices, sources, purposes, directions, document and finding kinds.

Names of codes, terms, units and countries come from the tables in `wildgate/data` (see `tables.py`).
"""

from __future__ import annotations

from enum import Enum


class Code(str, Enum):
    """A code that prints as itself."""

    def __str__(self) -> str:
        return str(self.value)


class Appendix(Code):
    """Appendices of the Convention (Article II), the strictest first."""

    I = "I"  # noqa: E741  (the Convention's own name)
    II = "II"
    III = "III"


class Kingdom(Code):
    """Animals and plants: several sources are valid for one only."""

    ANIMAL = "Animalia"
    PLANT = "Plantae"


class Source(Code):
    """Source of a specimen (Res. Conf. 12.3)."""

    WILD = "W"
    HIGH_SEAS = "X"
    RANCHED = "R"
    REGISTERED = "D"
    PROPAGATED = "A"
    CAPTIVE_BRED = "C"
    BORN = "F"
    ASSISTED = "Y"
    CONFISCATED = "I"
    PRE_CONVENTION = "O"
    UNKNOWN = "U"


class Purpose(Code):
    """Purpose of a transaction, box 5a (Res. Conf. 12.3)."""

    COMMERCIAL = "T"
    ZOO = "Z"
    GARDEN = "G"
    EXHIBITION = "Q"
    SCIENTIFIC = "S"
    TROPHY = "H"
    PERSONAL = "P"
    MEDICAL = "M"
    EDUCATIONAL = "E"
    REINTRODUCTION = "N"
    BREEDING = "B"
    ENFORCEMENT = "L"


class Direction(Code):
    """Which way a trade goes, seen from the Party that rules on it."""

    EXPORT = "export"
    RE_EXPORT = "re-export"
    IMPORT = "import"
    FROM_THE_SEA = "introduction-from-the-sea"
    TRANSIT = "transit"


class DocumentKind(Code):
    """Kinds of permits and certificates (Articles III to VII)."""

    EXPORT_PERMIT = "export-permit"
    IMPORT_PERMIT = "import-permit"
    RE_EXPORT = "re-export-certificate"
    ORIGIN = "certificate-of-origin"
    FROM_THE_SEA = "introduction-from-the-sea-certificate"
    PRE_CONVENTION = "pre-convention-certificate"
    CAPTIVE_BRED = "captive-bred-certificate"
    PROPAGATED = "artificially-propagated-certificate"
    PHYTOSANITARY = "phytosanitary-certificate"
    EXHIBITION = "travelling-exhibition-certificate"
    OWNERSHIP = "ownership-certificate"
    INSTRUMENT = "musical-instrument-certificate"
    SAMPLES = "sample-collection-certificate"
    SCIENTIFIC_LABEL = "scientific-exchange-label"


class FindingKind(Code):
    """What an authority must have found before a document may be granted."""

    NON_DETRIMENT = "non-detriment"
    LEGAL_ACQUISITION = "legal-acquisition"
    IMPORT_PERMIT_GRANTED = "import-permit-granted"
    NOT_COMMERCIAL = "not-primarily-commercial"
    PURPOSE_NOT_DETRIMENTAL = "purpose-not-detrimental"
    HOUSING = "suitable-housing"
    TRANSPORT = "humane-transport"
    CAPTIVE_BRED = "captive-bred"
    PROPAGATED = "artificially-propagated"
    PRE_CONVENTION = "pre-convention"
    REGISTERED = "registered-operation"
    QUOTA = "quota"
    NO_SUSPENSION = "no-suspension"


class By(Code):
    """Who makes a finding."""

    MANAGEMENT = "management-authority"
    SCIENTIFIC = "scientific-authority"


class Outcome(Code):
    """The four answers, the strictest first: the ruling on a trade is the strictest of its lines."""

    REFUSE = "refuse"
    CONDITIONAL = "conditional"
    ALLOW = "allow"
    NO_DOCUMENT = "no-document-needed"

    @property
    def rank(self) -> int:
        return list(Outcome).index(self)

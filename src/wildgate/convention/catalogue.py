"""The sentences of the law's answers: every refusal and warning that a ruling can give, written once and whole."""

from __future__ import annotations

from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import as_text

SENTENCES = {
    # Refusals; a variant of a sentence follows a slash
    "primarily-commercial": (
        "%(taxon)s is in Appendix I and source %(source)s may not be traded for commerce: the importing State "
        "cannot grant an import permit for primarily commercial purposes."
    ),
    "primarily-commercial/sea": "%(taxon)s is in Appendix I and may not be introduced from the sea for commerce.",
    "primarily-commercial/bred": (
        "%(taxon)s is in Appendix I: animals bred for commerce need a registered operation (source D); source C "
        "serves specimens bred and traded for non-commercial purposes."
    ),
    "zero-quota": "The listing of %(taxon)s sets an export quota of zero for these specimens (%(annotation)s).",
    "over-listing-quota": "The listing of %(taxon)s allows %(amount)s specimens a year; the line has more.",
    "acquired-after-listing": (
        "%(taxon)s was listed by %(listed)s; a specimen acquired on %(acquired)s is not pre-Convention."
    ),
    "document-missing": (
        "%(taxon)s: the %(document)s is missing or not valid; the consignment is refused and may be seized."
    ),
    "national-measure": "%(title)s refuses it: %(words)s",
    # Warnings that leave the answer open
    "ask-population": "%(taxon)s: %(why)s Ask the authority which population the specimen belongs to.",
    "taxon-unknown": "%(taxon)s is not in the tables and is perhaps listed: %(why)s Ask the authority.",
    "no-rule": (
        "The decision table has no rule for Appendix %(appendix)s, source %(source)s, purpose %(purpose)s, "
        "direction %(direction)s. Ask the authority."
    ),
    "annotation-conditional": (
        "Whether annotation %(annotation)s covers this specimen turns on facts not given: %(why)s Ask the authority."
    ),
    "perhaps-refused": "If it is covered, it is refused: %(why)s",
    "perhaps-refused/changed": (
        "Unless the change of 5 March 2026 that reports tell of holds, it is refused: %(why)s Ask the authority."
    ),
    "perhaps-zero-quota": (
        "The listing of %(taxon)s sets an export quota of zero that may include these specimens (%(annotation)s)."
        " Ask the authority."
    ),
    "perhaps-bred-for-commerce": (
        "%(taxon)s is in Appendix I and moves for commerce: source %(source)s holds only if it was bred or "
        "propagated for non-commercial purposes, or is an exempt hybrid. Ask the authority."
    ),
    "acquisition-date-missing": (
        "A pre-Convention specimen of %(taxon)s needs its date of acquisition (field acquired)."
    ),
    "first-listing-unknown": (
        "%(taxon)s: acquired on %(acquired)s, after the Convention began; the day of its first listing is not in "
        "the tables. Ask the authority."
    ),
    "operation-missing": "Source D needs the number of the registered operation (box 12b); %(taxon)s has none.",
    "source-of-one": (
        "Source D is for specimens of Appendix I, and %(taxon)s is traded under Appendix %(appendix)s: ask the "
        "authority for the right source code."
    ),
    "confiscated": (
        "Confiscated specimens of %(taxon)s need the confiscation record and the decision on their disposal. Ask "
        "the authority."
    ),
    "non-party": (
        "%(country)s is not itself a Party on that day: comparable documents of its competent authority are needed, "
        "which certify what a permit certifies (a territory may be covered by a Party). Ask the authority."
    ),
    "reservation": (
        "%(country)s holds a reservation on %(taxon)s since %(since)s and is treated as a State not party for trade in "
        "it: comparable documents are needed, which still name the true Appendix; between two States with the "
        "reservation none is.%(note)s Ask the authority."
    ),
    "reservation-as-two": (
        "Parties with a reservation on an Appendix I taxon were asked to treat %(taxon)s as a taxon of Appendix II."
    ),
    "origin-elsewhere": (
        "Specimens that originate in %(origin)s and leave from %(sender)s are usually a re-export: ask again as "
        "re-export, or ask the authority."
    ),
    "transit-of-commerce": (
        "%(taxon)s is in Appendix I: no valid documents can exist for commerce with source %(source)s. Ask the "
        "authority of the State of export."
    ),
    "effects-conditional": "%(taxon)s as a personal effect is exempt only if %(why)s Ask the authority.",
    "appendices-changed": (
        "%(taxon)s: a decision that is not in these tables may put it in an Appendix. Ask the authority."
    ),
    # Warnings only
    "listing-quota": "The listing of %(taxon)s allows %(amount)s specimens a year: check what is used of it.",
    "term-unusual": "%(term)s is an unusual term for %(taxon)s: check the code.",
    "unit-unusual": "%(term)s is usually not measured in %(unit)s: check the unit.",
    "purpose-unusual": "%(term)s is usually not traded for purpose %(purpose)s: check the code.",
    "second-source-missing": "Source %(source)s stands beside a second source code on the permit of %(taxon)s.",
    "operation-on-permit": (
        "The export permit of %(taxon)s must show the number of the registered operation; check the register."
    ),
    "source-unknown": (
        "Source U for %(taxon)s must be justified in writing, and a non-detriment finding can rarely be made."
    ),
    "not-of-the-sea": (
        "Source X is for specimens taken at sea outside any State's waters, and %(taxon)s does not live there. Ask "
        "again with another source, or ask the authority."
    ),
    "origin-unknown": "The country of origin of %(taxon)s is unknown: the reason stands in box 5.",
    "origin-is-sender": (
        "The country of origin of %(taxon)s is the re-exporting State itself: what was not imported before is an "
        "export. Ask again as export, or ask the authority."
    ),
    "flag-state": (
        "High-seas catch of %(taxon)s landed in another State than the ship's: the flag State issues the export permit."
    ),
    "older-treaty": (
        "%(taxon)s may need no CITES document for the introduction: %(note)s"
    ),
    "not-personal-effects": "The exemption of personal effects does not hold for %(taxon)s: %(why)s %(note)s",
    "instrument-certificate": (
        "If %(taxon)s is part of a musical instrument, a musical instrument certificate may serve: ask again with it."
    ),
    "stricter-national-law": "%(title)s has a stricter measure: %(words)s",
    "one-animal-a-certificate": "Each live animal needs a certificate of its own; %(taxon)s: the line has %(amount)s.",
    "simplified-procedure": "%(taxon)s: a simplified procedure may serve. %(note)s",
    "fact-not-accepted": (
        "This turns on a fact that this authority has not accepted (%(fact)s): %(why)s Ask the authority."
    ),
    "above-personal-limit": "%(taxon)s: %(limit)s a person is exempt; above that the whole quantity needs documents.",
    "stricter-law": (
        "The State of destination may have stricter law on personal effects of %(taxon)s: ask it before travelling."
    ),
    "certificate-not-available": (
        "The certificate %(certificate)s does not serve %(taxon)s: %(why)s The ordinary rule holds."
    ),
    "certificate-not-accepted-everywhere": (
        "Not all Parties accept the musical instrument certificate: ask the State of destination."
    ),
    # Warnings about the name and the day
    "check-name": (
        "%(other)s, listed in Appendix %(appendix)s, has the same epithet: make sure that %(taxon)s is not an older "
        "name of it, or ask the authority."
    ),
    "name-subspecies": (
        "Some subspecies are listed otherwise: %(names)s. Name the specimen as narrowly as known."
    ),
    "name-species": (
        "Some taxa within it are listed otherwise: %(names)s. Name the specimen as narrowly as known, or ask the "
        "authority."
    ),
    "hybrid": (
        "A cross is treated as the strictest of its parents; exemptions for hybrids need the authority's advice."
    ),
    "history-unconfirmed": (
        "What held on %(day)s rests on a change that no source at hand confirms: %(words)s."
    ),
    "history/undated": (
        "%(taxon)s was listed, or renamed, between %(since)s and %(until)s; the day is not known here."
    ),
    "history/not-compared": (
        "No change of %(taxon)s is recorded here, and the Appendices before %(since)s were not compared: the answer is "
        "that of %(until)s."
    ),
}


def refusal(code: str, basis: tuple[str, ...], **values: object) -> Refusal:
    """The refusal `code` with its basis and the values of its sentence; a variant follows a slash: `code/variant`."""
    texts = {key: as_text(value) for key, value in values.items()}
    return Refusal(code.partition("/")[0], SENTENCES[code] % texts, basis, template=SENTENCES[code], values=texts)


def caution(code: str, basis: tuple[str, ...], *, unconfirmed: bool = False, **values: object) -> Caution:
    """The warning `code` with its basis; `unconfirmed` marks a fact of kind K; a variant follows a slash."""
    texts = {key: as_text(value) for key, value in values.items()}
    return Caution(code.partition("/")[0], SENTENCES[code] % texts, basis, unconfirmed, SENTENCES[code], texts)

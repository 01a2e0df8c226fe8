"""docs/data-protection.md, written from the register: the record of processing (GDPR Art. 30), held by a test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import override

from wildgate.apps.houserules import retained
from wildgate.apps.privacy.register import PURPOSES, Class, declared

HEAD: Final = """# Data protection: the record of processing

This page is written by `wildgate privacy register` from `src/wildgate/apps/privacy/declared.tsv`; a test holds it to
that. Do not edit it by hand. How to work with it: [the guide](guide/data-protection.md).

The controller is the authority that runs the installation; it puts its own name and that of its data protection officer
on top of this page. The bases named below are those of the Convention and of European law, as a model: an authority
under another law puts its own articles in their place. It is no legal advice.

Recipients are not listed here, since a list would be out of date: the page `/duties/data/` gathers them from what is
switched on (who tells whom, machine addresses, programs), and `/partners/` shows which other Party may ask for what, on
which legal basis, from which day to which.

Incidents have clocks on `/duties/data/`: 48 hours for a breach, three days for a request that reached the wrong
authority, five working days before a contract with a processor (Regulation (EU) 2024/2145, as a model). The GDPR itself
gives 72 hours for a notice to the supervisory authority (Art. 33): the shorter clock is the one that runs here.
"""
CLASSES: Final = {
    Class.PUBLIC: "printed on a permit or published by the authority",
    Class.INTERNAL: "for those who work there; free text that names nobody by rule",
    Class.PERSONAL: "says something of a person: shown by right, given to that person in a copy",
    Class.SENSITIVE: "suspicion, investigation, control of staff: shown to few",
    Class.SEALED: "encrypted or digested; shown on no page and in no copy",
}


def page() -> str:
    """The whole page, in English."""
    with override("en"):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield "## Classes of data\n"
    yield "| class | what it is |"
    yield "| --- | --- |"
    yield from (f"| {kind.value} | {words} |" for kind, words in CLASSES.items())
    yield "\n## How long\n"
    yield ("House values are marked K: no source at hand names them, and two people of the authority set others under "
           "Rules. No rule goes below the floor. 0 years is for ever.\n")
    yield "| records | code | years | after | floor | basis |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for code, rule in (*retained.RULES.items(), *retained.FIXED.items()):
        years = (str(rule.years) if rule.years else "for ever") + (" (K)" if rule.house else "")
        yield f"| {rule.words} | {code} | {years} | {rule.after or '–'} | {rule.least} | {rule.basis} |"
    yield "\n## What is held, by purpose\n"
    yield "`erased`: what an erasure does with it. `own`: by a step of its own, told in the guide.\n"
    for code, purpose in PURPOSES.items():
        yield f"### {code}\n"
        yield f"{purpose.words}. Basis: {purpose.basis}. Seen by who may {purpose.seen_by.value}. "\
            f"Kept by the rule `{purpose.rule}`." + (f" In no copy: {purpose.left_out}" if purpose.left_out else "")
        yield "\n| record | fields | class | erased |"
        yield "| --- | --- | --- | --- |"
        yield from (f"| `{line.label}` | {', '.join(line.fields)} | {line.kind.value} | {line.erased} |"
                    for line in declared() if line.purpose == code)
        yield ""

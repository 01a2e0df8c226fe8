"""Translations: `collect` gathers the strings, `compile` makes the files that gettext reads, `check` finds gaps.

English is the source. French and Spanish must be complete everywhere; Arabic on the public and the trader's pages.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import polib
from said_sentences import for_all, for_officials

from wildgate.apps.customs.crossing import STOPPED
from wildgate.convention.catalogue import SENTENCES
from wildgate.message.judgement import NO_CODE
from wildgate.seal import words
from wildgate.targeting import comparison, goods, measurement, rule, sharing, usual
from wildgate.targeting.fields import FIELDS
from wildgate.worldtrade import signals

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "wildgate"
LOCALE = PACKAGE / "site" / "locale"
LAW = PACKAGE / "site" / "sentences_of_the_law.py"
BORDER = PACKAGE / "site" / "sentences_of_the_border.py"
"""Passing files: sentences of the law, the seal and the border stand in tables, where gettext does not look.
Those of the border are for officials."""
MAKE_MESSAGES = """
import django
from django.core.management import call_command
from django.core.management.commands.makemessages import Command
django.setup()
Command.xgettext_options = [*Command.xgettext_options, "--keyword=refuse:2", "--keyword=no:2", "--keyword=doubt:2",
                          "--keyword=_forbidden:2", "--keyword=_amiss:2"]
Command.msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]
call_command(Command(), all=True, no_wrap=True, no_obsolete=True, add_location="file")
"""
MARKED_OTHERWISE = re.compile(r"gettext_(?:noop|lazy) as (?!_\b)\w+")
IN_A_TEXT = re.compile(r"""\bf"[^"\n]*?\{(?:_|gettext)\('([^']+)'\)""")
"""Inside an f-string gettext finds nothing: what stands there must be marked somewhere else as well."""
COMPLETE = ("fr", "es")
PUBLIC_ONLY = ("ar",)
PUBLIC = re.compile(r"site/templates/(base|home|tour|help(?!/functions)|account|allauth|mfa|components|40|500)|"
                    r"site/(context|settings|views|tour|help_topics|sentences_of_the_law|templatetags/design)|accounts/(access|reasons)|"
                    r"site/templates/(usersessions|socialaccount)|"
                    r"templates/accounts/(register|mailbox|too_many|link_|firm|mandate|mail/)|"
                    r"accounts/(forms|links|mailing|models|wording|selectors|templatetags/|"
                    r"services/(joining|mandates|colleagues)|views/(joining|firm|mandates|sessions))|"
                    r"apps/tips/(forms|puzzles|steps|services/(intake|dialogue)|views/telling|models/tip)\.py|"
                    r"templates/tips/(public|tell|receipt|safety|come_back|dialogue|too_large)|kit/cleaning/refusals|"
                    r"templates/portal/(open|index|one|rows|tombstone|platforms|platform)\.html|"
                    r"templates/platforms/policy\.html|apps/portal/(public_views|basis|showing)\.py|"
                    r"apps/platforms/models\.py|"
                    r"apps/enquiries/|carriers/(parcels|wording|forms|api)\.py|"
                    r"templates/carriers/(parcels|send|list|hand_over|handovers)|convention/(fields|intake|lifecycle|marks|processing|products|quantity|stock)|"
                    r"templates/permits/(trader|permit|verify|asked|summary|ruling|answers|document_list|pay_link|"
                    r"signed_out|species_found|waited)|permits/forms/|"
                    r"permits/(wording|answers|records|register|verification|browser|stock_lines|kinds|needs|picking|"
                    r"whereabouts)\.py|"
                    r"permits/services/(drafting|moving|uploading|afterwards|attaching)|kit/uploads/|"
                    r"permits/crowding\.py|templates/partners/(party|parties|capabilities|days)|"
                    r"partners/(capabilities|models|rights|registry|views_public)\.py|"
                    r"permits/views/(trader|drafting|uploading|permits|verify|answers|browser|afterwards|"
                    r"attachments|checking|clashes)|"
                    r"templates/(species/(search|matches)|quotas/(taxon|amount|scope))|"
                    r"species/(pages|templatetags/)|quotas/wording|"
                    r"templates/fees/|apps/fees/|"
                    r"templates/stock/(home|rows|windows_open|entry|declare|convert|write_off)|"
                    r"apps/stock/(forms|intake|services|sheet|wording|views/holder)|"
                    r"templates/registers/(account|specimen|deeds|history)|registers/(wording|forms|deeds|checking)|"
                    r"registers/(services/(specimens|transfers|telling)|views/trader)|permits/books/registers|"
                    r"templates/paper/(card|count|desk|drawer|end|form|no_office|permit|reports)|"
                    r"apps/paper/(forms|wording|ledger|stock|services/(counting|printing|sheets)|views/desk)|"
                    r"templates/privacy/(own|copy)|apps/privacy/(register|models|services/asking)\.py|"
                    r"seal/(?!trusted|hindsight)|message/(evidence|judgement|parsing|qr|reader)")
"""Where the public and traders read: what comes from here is complete in Arabic as well."""
BREAKS = re.compile(r" [:;?!»]|« ")
"""In French a space stands before these signs at which no line may end (U+00A0)."""
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def _of_declarations() -> list[str]:
    """What is found on declarations is worded beside their tables, which need Django."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"WILDGATE_HOME": home, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
        django.setup()
        findings = importlib.import_module("wildgate.apps.declarations.findings")
    return [template for _severity, template in findings.SENTENCES.values()]


def _strings(*sentences: str) -> str:
    return "".join(f"_({sentence!r})\n" for sentence in sentences)


def collect() -> int:
    """Refresh every catalogue from the sources; needs the gettext tools. Sentences of refusals are strings too."""
    for language in (*COMPLETE, *PUBLIC_ONLY):
        (LOCALE / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    try:
        LAW.write_text(_strings(*SENTENCES.values(), *words.SENTENCES.values(), *NO_CODE.values(),
                                *(row[1] for row in STOPPED.values()), *for_all()))
        BORDER.write_text(_strings(
            *for_officials(),
            *_of_declarations(), *usual.TEMPLATES.values(), *(row[2] for row in comparison.SENTENCES.values()),
            *(row[1] for row in goods.SENTENCES.values()), *(field.meaning for field in FIELDS.values()),
            *(field.said for field in FIELDS.values()),
            *signals.SENTENCES.values(), *signals.GROUNDS.values(), *signals.UNKNOWN.values(), *signals.BASIS.values(),
            *(text for value in signals.VALUES.values() for text in (value.meaning, value.why, value.unit) if text),
            *rule.TEMPLATES.values(), *measurement.ADVICE.values(),
            *(text for profile in sharing.shipped() for text in (profile.title, profile.look_at))))
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([sys.executable, "-c", MAKE_MESSAGES], cwd=PACKAGE, check=False, env={
                **os.environ, "WILDGATE_HOME": home, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"})
    finally:
        LAW.unlink(missing_ok=True)
        BORDER.unlink(missing_ok=True)
    for path in catalogues():
        catalogue = polib.pofile(str(path), wrapwidth=0)
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()
    return done.returncode


def compile_all() -> int:
    for path in catalogues():
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def check() -> int:
    """Every string translated, every place (`%(name)s`) kept; exit status 1 when not."""
    faults = [fault for path in catalogues() for fault in faults_of(path)]
    faults += unmarked(PACKAGE) + uncollected(PACKAGE)
    for fault in faults[:40]:
        print(fault, file=sys.stderr)
    print(f"translations: {len(catalogues())} catalogues, {len(faults)} faults")
    return 1 if faults else 0


def unmarked(folder: Path) -> list[str]:
    """Files that mark strings by a name which gettext does not look for: `collect` would drop their translations."""
    return [f"{path.relative_to(folder)}: {found[0]!r} marks strings that are not collected"
            for path in sorted(folder.rglob("*.py"))
            if (found := MARKED_OTHERWISE.search(path.read_text(encoding="utf-8")))]


def uncollected(folder: Path) -> list[str]:
    """Strings inside f-strings that no catalogue has."""
    known = {entry.msgid for entry in polib.pofile(str(catalogues()[0]))}
    return [f"{path.relative_to(folder)}: {text!r} stands in an f-string, where it is not collected"
            for path in sorted(folder.rglob("*.py")) for text in IN_A_TEXT.findall(path.read_text(encoding="utf-8"))
            if text not in known]


def faults_of(path: Path) -> list[str]:
    language = path.parts[-3]
    faults = []
    for entry in polib.pofile(str(path)):
        if language in PUBLIC_ONLY and not any(PUBLIC.search(place) for place, _ in entry.occurrences):
            continue
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if entry.obsolete:
            continue
        if "fuzzy" in entry.flags or not all(texts):
            faults.append(f"{language}: not translated: {entry.msgid[:90]!r}")
        elif not entry.msgid_plural and sorted(PLACES.findall(entry.msgid)) != sorted(PLACES.findall(entry.msgstr)):
            faults.append(f"{language}: places differ: {entry.msgid[:90]!r}")
        if language == "fr" and any(map(BREAKS.search, texts)):
            faults.append(f"{language}: a line may end before a sign: {entry.msgid[:90]!r}")
    return faults


if __name__ == "__main__":
    verbs = {"collect": collect, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        raise SystemExit(f"usage: translations.py {'|'.join(verbs)}")
    sys.exit(verbs[sys.argv[1]]())

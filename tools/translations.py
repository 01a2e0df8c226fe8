"""Translations: `collect` gathers the strings, `compile` makes the files that gettext reads, `check` finds gaps.

English is the source. French and Spanish must be complete everywhere; Arabic on the public and the trader's pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from wildgate.apps.customs.crossing import STOPPED
from wildgate.convention.catalogue import SENTENCES
from wildgate.message.judgement import NO_CODE
from wildgate.seal import words

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "wildgate"
LOCALE = PACKAGE / "site" / "locale"
LAW = PACKAGE / "site" / "sentences_of_the_law.py"
"""A passing file: the sentences of the law, the seal and the border stand in tables, where gettext does not look."""
MAKE_MESSAGES = """
import django
from django.core.management import call_command
from django.core.management.commands.makemessages import Command
django.setup()
Command.xgettext_options = [*Command.xgettext_options, "--keyword=refuse:2", "--keyword=no:2",
                          "--keyword=_forbidden:2"]
call_command(Command(), all=True, no_wrap=True, no_obsolete=True, add_location="file")
"""
COMPLETE = ("fr", "es")
PUBLIC_ONLY = ("ar",)
PUBLIC = re.compile(r"site/templates/(base|home|account|allauth|mfa|components|40|500)|"
                    r"site/(context|settings|views|sentences_of_the_law|templatetags/design)|accounts/access|"
                    r"apps/enquiries/|convention/(fields|intake|lifecycle|marks|processing|products|quantity|stock)|"
                    r"templates/permits/(trader|permit|verify|asked|summary|ruling|answers)|"
                    r"permits/(wording|forms|answers|records|verification|browser|stock_lines)\.py|"
                    r"permits/services/(drafting|moving|uploading)|kit/uploads/|"
                    r"permits/views/(trader|drafting|uploading|permits|verify|answers|browser)|"
                    r"templates/(species/(search|matches)|quotas/(taxon|amount|scope))|"
                    r"species/(pages|templatetags/)|quotas/wording|"
                    r"templates/stock/(home|rows|windows_open|entry|declare|convert|write_off)|"
                    r"apps/stock/(forms|intake|services|sheet|wording|views/holder)|"
                    r"templates/registers/(account|specimen|deeds|history)|registers/(wording|forms|deeds|checking)|"
                    r"registers/(services/(specimens|transfers|telling)|views/trader)|permits/books/registers|"
                    r"templates/paper/(card|count|desk|drawer|end|form|no_office|permit|reports)|"
                    r"apps/paper/(forms|wording|ledger|stock|services/(counting|printing|sheets)|views/desk)|"
                    r"seal/(?!trusted|hindsight)|message/(evidence|judgement|parsing|qr|reader)")
"""Where the public and traders read: what comes from here is complete in Arabic as well."""
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def collect() -> int:
    """Refresh every catalogue from the sources; needs the gettext tools. Sentences of refusals are strings too."""
    for language in (*COMPLETE, *PUBLIC_ONLY):
        (LOCALE / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    tables = (*SENTENCES.values(), *words.SENTENCES.values(), *NO_CODE.values(), *(row[1] for row in STOPPED.values()))
    LAW.write_text("".join(f"_({sentence!r})\n" for sentence in tables))
    try:
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run([sys.executable, "-c", MAKE_MESSAGES], cwd=PACKAGE, check=False, env={
                **os.environ, "WILDGATE_HOME": home, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"})
    finally:
        LAW.unlink()
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
    for fault in faults[:40]:
        print(fault, file=sys.stderr)
    print(f"translations: {len(catalogues())} catalogues, {len(faults)} faults")
    return 1 if faults else 0


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
    return faults


if __name__ == "__main__":
    verbs = {"collect": collect, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        raise SystemExit(f"usage: translations.py {'|'.join(verbs)}")
    sys.exit(verbs[sys.argv[1]]())

"""Translations: `collect` gathers the strings, `compile` makes the files that gettext reads, `check` finds gaps.

English is the source. French and Spanish must be complete everywhere; Arabic on the public and the trader's pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "wildgate"
LOCALE = PACKAGE / "site" / "locale"
COMPLETE = ("fr", "es")
PUBLIC_ONLY = ("ar",)
PUBLIC = re.compile(r"site/templates/(base|home|account|mfa|components|40|500)|"
                    r"templates/permits/(trader|permit|verify)|permits/(wording|forms)\.py|"
                    r"permits/views/(trader|permits|verify)|templates/species|site/context|site/settings")
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def collect() -> int:
    """Refresh every catalogue from the sources; needs the gettext tools."""
    for language in (*COMPLETE, *PUBLIC_ONLY):
        (LOCALE / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--all", "--no-wrap", "--no-obsolete",
               "--add-location=file"]
    done = subprocess.run(command, cwd=PACKAGE, check=False,
                          env={**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"})
    for path in catalogues():
        catalogue = polib.pofile(str(path))
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

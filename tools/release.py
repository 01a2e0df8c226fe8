"""Declare a release: write the last migration of each app into `releases.json`. To be run once, on the day itself.

    python tools/release.py declare 1.1
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

NOTES = Path(__file__).resolve().parent.parent / "docs" / "releases"


def main(words: list[str]) -> int:
    if len(words) != 2 or words[0] != "declare" or not re.fullmatch(r"[0-9]+\.[0-9]+", words[1]):
        print("usage: python tools/release.py declare 1.1", file=sys.stderr)
        return 2
    os.environ.update(DJANGO_SETTINGS_MODULE="wildgate.site.settings", DATABASE_URL="",
                      WILDGATE_HOME=tempfile.mkdtemp(prefix="wildgate-release-"))
    import django
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    from wildgate.site.upgrading import releases
    number = words[1]
    kept = json.loads(releases.FILE.read_text(encoding="utf-8"))
    if number in {each["number"] for each in kept["releases"]}:
        print(f"Release {number} was declared already: what was released does not change.", file=sys.stderr)
        return 1
    if not (NOTES / f"{number}.md").exists():
        print(f"docs/releases/{number}.md is missing: rename next.md, and begin a new next.md.", file=sys.stderr)
        return 1
    kept["releases"].append(releases.declared(number, datetime.now(UTC).date().isoformat(), MigrationLoader(None)))
    releases.FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"Release {number}: {len(kept['releases'][-1]['migrations'])} apps.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

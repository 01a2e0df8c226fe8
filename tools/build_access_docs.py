"""Write docs/access.md: who may read which field of people and organisations.

`build_access_docs.py` writes the page; with `--check` it exits with 1 where the page is not what the data say.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"
OPENING = """# Who sees which field

This page is written by `tools/build_access_docs.py` from `src/wildgate/data/field_access.tsv`; a test holds it to the
table. Do not edit it by hand.

What the table does not grant is not shown. "own" is whoever the field is about: the people of an organisation (its
agents among them), the person; "manager" looks after the people of that organisation. A row holds for pages about
people and organisations; what a permit itself prints, boxes 3 and 4 with the holder's address, goes with the permit to
whoever checks it, on paper as on a screen. The table is a rule of the house: a Party whose law on personal data asks
for more takes columns away.
"""
TITLES = {"organisation": "Firms and institutions", "private-person": "Private persons who hold permits",
          "person": "People who sign in"}


def page() -> str:
    from wildgate.apps.accounts.fields import MANAGER, OWN, field_table
    from wildgate.apps.accounts.models import Role
    columns = [OWN, MANAGER, *(role.value for role in Role if role is not Role.TRADER)]
    out = [OPENING]
    for subject, title in TITLES.items():
        out += [f"\n## {title}\n\n", f"| field | {' | '.join(columns)} |\n", f"| --- |{' --- |' * len(columns)}\n"]
        out += [f"| {row.label} | {' | '.join('yes' if name in row.readers else '–' for name in columns)} |\n"
                for row in field_table() if row.subject == subject]
    return "".join(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wildgate.site.settings")
    import django
    django.setup()
    if check:
        return int(PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

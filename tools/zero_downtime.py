"""Check the migrations after the newest release: the former release must be able to go on working beside them.

Part of `make check`. Exit status 1 when a rule is broken and the file does not say `# allowed: RULE: reason`.
"""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> int:
    os.environ.update(DJANGO_SETTINGS_MODULE="wildgate.site.settings", DATABASE_URL="",
                      WILDGATE_HOME=tempfile.mkdtemp(prefix="wildgate-migrations-"))
    import django
    django.setup()
    from django.db.migrations.loader import MigrationLoader

    from wildgate.site.upgrading import releases, rules
    loader, newest = MigrationLoader(None), releases.newest()
    found = rules.findings(loader, newest)
    today = releases.digests(releases.plan_of(loader, newest.last))
    changed = [app for app, digest in newest.digests if today.get(app) != digest]
    for app in changed:
        print(f"{app}: changed: a migration of release {newest.number} is not what it was. {rules.DO['changed']}",
              file=sys.stderr)
    for each in found:
        if not each.allowed:
            print(each, file=sys.stderr)
    left = sum(not each.allowed for each in found) + len(changed)
    allowed = sum(bool(each.allowed) for each in found)
    print(f"migrations after {newest.number}: {left} break a rule, {allowed} are allowed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())

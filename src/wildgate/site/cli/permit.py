"""`wildgate permit show`: an issued permit in the form asked for."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime

FORMS = ("json", "xml", "xml1", "pdf", "token", "label", "eu-pdf")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("permit", help="show an issued permit as JSON, XML (v2 or v1), PDF, token or label")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    show = verbs.add_parser("show", help="write one form of a permit to standard output or a file")
    show.add_argument("number", help="as printed in box 1")
    show.add_argument("--as", dest="form", choices=FORMS, default="json", help="form (default json)")
    show.add_argument("--json", dest="form", action="store_const", const="json", help="the same as --as json")
    show.add_argument("-o", "--output", help="file to write (default: standard output)")
    show.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
    show.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.conf import settings

    from wildgate.apps.permits import documents, eu_print, parcel
    from wildgate.apps.permits.selectors import permit_of
    from wildgate.message.xml import write_v1
    permit = permit_of(settings.PARTY, args.number.strip().upper())
    if permit is None:
        print(f"There is no permit {args.number[:40]} of {settings.PARTY} in {settings.HOME}.", file=sys.stderr)
        return 1
    if args.form == "json":
        whole = {**permit.record.as_json(), "digest": permit.digest, "state": permit.status.state}
        data = (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()
    elif args.form == "xml1":
        data = write_v1(permit.record, seal_text="\n".join(documents.code_text(permit, page + 1)
                                                           for page in range(len(permit.tokens))))
    elif args.form == eu_print.FORM:
        if not eu_print.in_force(permit.application.law):
            print("The measures of the European Union are not in force here: put them in force under /house/ or set "
                  "WILDGATE_OVERLAYS=eu.", file=sys.stderr)
            return 1
        data = eu_print.write(permit)
    elif args.form == "label":
        data = parcel.label(permit, datetime.now(UTC))
    else:
        data = documents.read(permit, "txt" if args.form == "token" else args.form)
    if args.output:
        with open(args.output, "wb") as file:
            file.write(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    return 0

"""`wildgate users`: the operator's first steps: authorities, people and their posts."""

from __future__ import annotations

import argparse
import getpass
import json
import sys


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("users", help="set up authorities, people and their posts")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    authority = verbs.add_parser("authority", help="set up an authority of the home Party")
    authority.add_argument("kind", choices=["management", "scientific", "customs", "oversight", "printing",
                                            "enforcement", "agency"])
    authority.add_argument("name", type=words)
    authority.add_argument("--address", type=words, required=True, help="as printed in box 6 of permits")
    authority.add_argument("--place", type=words, required=True, help="place of issue, box 13")
    authority.add_argument("--agency", default="", choices=["veterinary", "plant-health", "fisheries", "forestry",
                                                            "police"], help="which agency, for the kind agency")
    authority.set_defaults(run=run_authority, needs_installation=False)

    person = verbs.add_parser("add", help="make an account; the password is asked for, or read from standard input")
    person.add_argument("email", type=address)
    person.add_argument("name", type=words)
    person.set_defaults(run=run_add, needs_installation=False)

    post = verbs.add_parser("appoint", help="give a person a role in an authority or a firm")
    post.add_argument("email")
    post.add_argument("role", choices=["trader", "officer", "countersigner", "scientist", "customs", "auditor",
                                       "administrator", "print-office", "supervisor", "risk-manager",
                                       "investigator", "expert", "carrier", "agency"])
    post.add_argument("body", type=words, help="name of the authority, or of the firm for a trader or carrier")
    post.add_argument("--address", default="", help="address of a firm that is not registered yet, or of one of "
                      "several of that name")
    post.add_argument("--private", action="store_true", help="the firm is a private person")
    post.add_argument("--station", default="", help="border post of a customs officer")
    post.set_defaults(run=run_appoint)

    listing = verbs.add_parser("list", help="list people and posts")
    listing.set_defaults(run=run_list)
    for each in (authority, person, post, listing):
        each.add_argument("--home", help="state folder (default: WILDGATE_HOME)")
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")


def words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text.strip()


def address(text: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import EmailValidator
    try:
        EmailValidator()(text.strip())
    except ValidationError:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no e-mail address") from None
    return text.strip()


def run_authority(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.accounts.models import Authority
    from wildgate.apps.accounts.services import add_authority
    from wildgate.apps.permits.sealing import keys
    if (args.kind == "agency") != bool(args.agency):
        print("Say with --agency which agency it is, for the kind agency and for no other.", file=sys.stderr)
        return 2
    keys().create(settings.PARTY, timezone.now())
    add_authority(party=settings.PARTY, kind=Authority.Kind(args.kind), name=args.name, address=args.address,
                  place=args.place, agency=args.agency, by="operator", at=timezone.now())
    return _done(args, f"{args.name} is the {args.agency or args.kind} authority of {settings.PARTY}.",
                 authority=args.name, kind=args.kind, party=settings.PARTY)


def run_add(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from wildgate.apps.accounts.models import Person
    from wildgate.apps.accounts.services import add_person
    from wildgate.apps.accounts.services.people import person_of
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, Person(email=args.email, name=args.name))
    except ValidationError as fault:
        print(" ".join(fault.messages), file=sys.stderr)
        return 1
    if person_of(args.email) is not None:
        print(f"{args.email} has an account already; its password stays as it is.", file=sys.stderr)
        return 1
    add_person(party=settings.PARTY, email=args.email, name=args.name, password=password,
               by="operator", at=timezone.now())
    return _done(args, f"{args.email} has an account; give it a post with `wildgate users appoint`.", email=args.email,
                 name=args.name)


def run_appoint(args: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from wildgate.apps.accounts.models import Authority, Person, Role
    from wildgate.apps.accounts.services import add_organisation, appoint
    from wildgate.apps.accounts.services.people import firms_named
    from wildgate.apps.accounts.wording import FITS
    at, role = timezone.now(), Role(args.role)
    person = Person.objects.filter(email=args.email.lower()).first()
    if person is None:
        print(f"Nobody has the address {args.email}; make the account first with `wildgate users add`.",
              file=sys.stderr)
        return 1
    firm = authority = None
    if role in (Role.TRADER, Role.CARRIER):
        named = firms_named(settings.PARTY, args.body, args.address)
        if len(named) > 1:
            print(f"{len(named)} firms of the name {args.body} are registered; say with --address which one:",
                  *(f"  {each.address!r}" for each in named), sep="\n", file=sys.stderr)
            return 1
        firm = named[0] if named else add_organisation(
            party=settings.PARTY, name=args.body, address=args.address, country=settings.PARTY,
            private=args.private, by="operator", at=at)
    else:
        kind = FITS[role]
        authority = Authority.objects.filter(party=settings.PARTY, kind=kind, name=args.body).first()
        if authority is None:
            print(f"There is no authority {args.body} of the kind {kind}, in which that role is held; set it up first "
                  "with `wildgate users authority`.", file=sys.stderr)
            return 1
    appoint(person=person, role=role, party=settings.PARTY, by="operator", at=at,
            organisation=firm, authority=authority, station=args.station)
    return _done(args, f"{person.name} is {role.label} at {args.body}.", email=person.email, role=role.value,
                 body=args.body)


def _done(args: argparse.Namespace, sentence: str, **facts: str) -> int:
    print(json.dumps(facts, indent=2, ensure_ascii=False) if args.json else sentence)
    return 0


def run_list(args: argparse.Namespace) -> int:
    from wildgate.apps.accounts.models import Post
    rows = [{"email": post.person.email, "name": post.person.name, "role": post.role,
             "body": str(post.organisation or post.authority), "station": post.station}
            for post in (Post.objects.select_related("person", "organisation", "authority")
                         .order_by("person__email", "role"))]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['email']:28} {row['role']:14} {row['body']}")
    return 0

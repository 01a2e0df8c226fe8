"""What does not leave with a country's data, and why: said here once, for export, import and documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Model

STAYS: Final[dict[str, str]] = {
    "django_session": "Who is signed in at the moment: everybody signs in again.",
    "usersessions_usersession": "Who is signed in at the moment: everybody signs in again.",
    "mfa_authenticator": "Second factors are secrets: everybody enrols again at the first sign-in.",
    "account_emailconfirmation": "Secret links that were sent by mail: they are sent again.",
    "accounts_link": "Secret links that were sent by mail: they are sent again.",
    "accounts_knock": "Tries to sign in of the last minutes.",
    "socialaccount_socialapp": "Secrets of the identity provider: they stand in the settings.",
    "socialaccount_socialtoken": "Secrets of the identity provider: it gives new ones.",
    "axes_accessattempt": "Tries to sign in, with network addresses.",
    "axes_accessattemptexpiration": "Tries to sign in, with network addresses.",
    "axes_accessfailurelog": "Tries to sign in, with network addresses.",
    "axes_accesslog": "Tries to sign in, with network addresses.",
    "tips_bucket": "A limiter of the last minutes.",
    "tips_spentpuzzle": "A limiter of the last minutes.",
    "django_content_type": "Made by the program itself.",
    "auth_permission": "Made by the program itself.",
    "auth_group": "Not used.",
    "auth_group_permissions": "Not used.",
    "django_migrations": "Made by the program itself; the manifest names the migrations.",
}
"""Tables that stay, with the reason."""
BLANKED: Final[dict[str, dict[str, str | None]]] = {
    "accounts_person": {"password": UNUSABLE_PASSWORD_PREFIX},
    "gateway_programkey": {"digest": ""},
    "intelligence_feedkey": {"digest": ""},
    "partners_partner": {"secret": ""},
    "cleaning_held": {"name": ""},
}
"""Columns that leave empty: passwords, and what keys of programs and partners are compared with. The names of
attachments leave in clear, in `attachments/names.jsonl`."""
WORDS: Final = (
    "Private keys: the old installation keeps them, or they are taken over with an encrypted backup. Otherwise make "
    "new ones: wildgate keys create, and send the new root's fingerprint to partners.",
    "Passwords and second factors: each person asks for a new link on the sign-in page, and enrols again.",
    "Keys of programs and secrets of hubs: make new ones at /programs/ and /partners/.",
    "Identity boxes of tips, and secrets of machine notices, hang on WILDGATE_SECRET_KEY: set it to the old value "
    "to read and use them, else they stay closed and receivers get new secrets.",
    "Salted hashes of sellers hang on it too: under a new one, known sellers look new.",
    "The Trade Database (WILDGATE_HOME/trade) is public: load it again.",
    "Mail that waits as files in WILDGATE_HOME/mail.",
)
"""What people are told beside the tables."""


def leaving(apps: Iterable[type[Model]]) -> list[type[Model]]:
    """The models whose rows leave, by table."""
    found = {model._meta.db_table: model for model in apps
             if model._meta.managed and not model._meta.proxy and model._meta.db_table not in STAYS}
    return [found[table] for table in sorted(found)]



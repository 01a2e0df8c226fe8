"""Every setting of an installation, with its default and meaning; `wildgate settings` prints this table."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its default as text, what it does, and whether its value is secret."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting("WILDGATE_HOME", "./var", "Where the database, documents, keys and signed lists live."),
    Setting("DATABASE_URL", "", "postgresql://user:password@host/name; several hosts with commas between, of which the "
            "one that takes writes is used; empty means SQLite in WILDGATE_HOME.", secret=True),
    Setting("WILDGATE_OWNER_URL", "", "The same database as its owner, a role that makes tables; only for `wildgate "
            "database` and the first start. Empty means that the role of DATABASE_URL makes them itself.", secret=True),
    Setting("WILDGATE_REPORTS_URL", "", "A standby of the database, from which reports and statistics are read; empty "
            "means that they are read from the database itself.", secret=True),
    Setting("WILDGATE_REPORTS_LAG", "60", "Seconds that the standby may be behind; then reports read the database."),
    Setting("WILDGATE_PGBOUNCER", "no", "yes: DATABASE_URL leads to a pgbouncer in transaction mode, so nothing is "
            "kept on a connection between two transactions."),
    Setting("WILDGATE_PARTY", "QM", "ISO code of the Party this installation serves."),
    Setting("WILDGATE_PARTY_NAME", "", "Name on screen and paper; empty means the name in the country table."),
    Setting("WILDGATE_SECRET_KEY", "",
            "Protects sessions and key files; empty means one is made in WILDGATE_HOME/secret.", secret=True),
    Setting("WILDGATE_PKCS11", "", "Where new keys are made and used, as a PKCS #11 URI: "
            "pkcs11:token=NAME?module-path=FILE&pin-source=file:FILE; empty means encrypted files in WILDGATE_HOME."),
    Setting("WILDGATE_PKCS11_PIN", "", "The PIN of the token, where WILDGATE_PKCS11 names no pin-source.", secret=True),
    Setting("WILDGATE_TSA_URL", "", "Address of a time-stamp authority (RFC 3161); empty means documents get none."),
    Setting("WILDGATE_TSA_CERTIFICATES", "",
            "PEM file with the certificates of the time-stamp authorities that are trusted here."),
    Setting("WILDGATE_TSA_ARCHIVE", "no",
            "yes: a PDF also carries what a validation in many years needs, under a second time stamp."),
    Setting("WILDGATE_BASE_URL", "http://127.0.0.1:8000", "Public address; it is printed in every QR code."),
    Setting("WILDGATE_HOSTS", "127.0.0.1,localhost,[::1]",
            "Host names that the web server answers to besides that of WILDGATE_BASE_URL, comma separated."),
    Setting("WILDGATE_DEMO", "no", "yes: demo world, printed log-ins, no second factor. Never in production."),
    Setting("WILDGATE_DEBUG", "no", "yes: developer's error pages. Never in production."),
    Setting("WILDGATE_DURABLE", "yes", "no: SQLite does not wait for the disk. For tests only."),
    Setting("WILDGATE_OVERLAYS", "", "National measures at the start: names (eu) or files, comma separated; "
            "what two people decide under Rules comes before this and the next two."),
    Setting("WILDGATE_CONFIRMED", "", "Ids of unconfirmed facts (docs/law.md) that your authority has confirmed."),
    Setting("WILDGATE_NOT_ACCEPTED", "", "Ids of unconfirmed facts that your authority does not accept."),
    Setting("WILDGATE_STOCK", "offered",
            "required: every line of a re-export draws from the holder's stock; offered: a line that names stock."),
    Setting("WILDGATE_SPECIMENS", "offered",
            "required: live animals are exported only when registered with marks in the holder's account."),
    Setting("WILDGATE_ROOMS", "",
            "Names of the pages that the navigation shows, comma separated; empty means all that a person may open. A "
            "country that starts with customs only: border,imports-log,duties,notices,verify."),
    Setting("WILDGATE_PROFILE", "full", "base: applying, deciding, issuing, checking and reporting only, without "
            "customs link, risk, exchange and online trade; full: everything. The same database opens in both."),
    Setting("WILDGATE_APPEAL_DAYS", "30", "So many days after a refusal the applicant may appeal."),
    Setting("WILDGATE_NOTE_DAYS", "90", "Longest life, in days, of a note that no permit is needed; at most 365."),
    Setting("WILDGATE_NOTES_A_DAY", "2000", "So many notes that no permit is needed are made in 24 hours at most."),
    Setting("WILDGATE_VERIFY_A_MINUTE", "240",
            "So many codes and files are checked on /verify/ for one network address in a minute, by each process of "
            "the server; 0 means no limit."),
    Setting("WILDGATE_AT_WORK", "4",
            "So many requests each process of the web server works on at a time, each with its own connection to the "
            "database; a quarter, at least one, is kept for people who are signed in and programs with a key. For "
            "each four there is one more for verifications by programs."),
    Setting("WILDGATE_WAITING", "32",
            "So many requests may wait for that in each process, and as many of people who are signed in and programs "
            "with a key; whoever comes after them is answered 503 at once, with the time to come again."),
    Setting("WILDGATE_WAIT_SECONDS", "5", "Seconds that a request waits at most before it is answered 503."),
    Setting("WILDGATE_EMAIL_URL", "",
            "smtp://user:password@host:587; empty means mail is written to WILDGATE_HOME/mail.", secret=True),
    Setting("WILDGATE_SENDER", "wildgate@localhost", "From-address of mail."),
    Setting("WILDGATE_OIDC_ISSUER", "",
            "Address of a national identity provider (OpenID Connect) to sign in with; empty means none."),
    Setting("WILDGATE_OIDC_CLIENT", "", "The name under which that provider knows this installation."),
    Setting("WILDGATE_OIDC_SECRET", "", "The secret that it gave to this installation.", secret=True),
    Setting("WILDGATE_OIDC_NAME", "National identity", "The provider's name on the sign-in page."),
    Setting("WILDGATE_OIDC_STRONG", "no",
            "yes: the provider asks for two factors itself, so officials who come by it need no other."),
    Setting("WILDGATE_WEBHOOK_LOOPBACK", "no", "yes: machine notices and messages to partners may go to http addresses "
            "of this very machine. For tests and rehearsals only."),
    Setting("WILDGATE_ALLOW_INNER", "", "Networks of the inside in which machine notices, partners and the identity "
            "provider may be called, comma separated, such as 10.20.0.0/16; empty means public addresses only."),
    Setting("WILDGATE_PASSKEYS_FOR", "administrator,countersigner,auditor", "Roles that must sign in with a passkey, "
            "comma separated; a code of an app is not enough for them. none: no role must."),
    Setting("WILDGATE_CLIENT_CERT_HEADER", "",
            "Header in which a proxy tells the TLS certificate of a partner that calls; empty means none is believed."),
    Setting("WILDGATE_TRUSTED_PROXIES", "",
            "Addresses or networks of the proxies whose header counts, comma separated, such as 10.0.0.5,10.1.0.0/24."),
    Setting("WILDGATE_HUB", "no", "yes: this installation also passes messages on between other Parties."),
    Setting("WILDGATE_HUB_KEEP_HOURS", "0",
            "So long a hub keeps the content of a message that it has delivered; 0 means not at all."),
    Setting("WILDGATE_BACKUP_PASSPHRASE", "", "Encrypts backups, and opens them; empty means that they are "
            "not encrypted and hold no private keys.", secret=True),
    Setting("WILDGATE_CLAMD", "", "Where clamd scans attachments: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310; "
            "empty means that attachments are not scanned, and pages say so."),
    Setting("WILDGATE_METRICS_TOKEN", "", "Whoever shows this token as a bearer reads /metrics; empty means that there "
            "is no such page.", secret=True),
    Setting("WILDGATE_LOG", "text", "json: each log line is one JSON object; text: one line for people."),
    Setting("WILDGATE_BEHIND_PROXY", "no", "yes: trust X-Forwarded-Proto and X-Request-ID from the proxy in front."),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def text(name: str, env: Mapping[str, str] = os.environ) -> str:
    return env.get(name, "") or _BY_NAME[name].default


def yes(name: str, env: Mapping[str, str] = os.environ) -> bool:
    return text(name, env).strip().lower() in {"1", "yes", "true", "on"}


def number(name: str, least: int, most: int, env: Mapping[str, str] = os.environ) -> int:
    """A whole number within its bounds."""
    given = text(name, env).strip()
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise SystemExit(f"{name} is {given!r}, but it must be a whole number from {least} to {most}.")
    return int(given)


def choice(name: str, choices: tuple[str, ...], env: Mapping[str, str] = os.environ) -> str:
    """One of some words."""
    given = text(name, env).strip().casefold()
    if given not in choices:
        raise SystemExit(f"{name} is {given!r}, but it must be one of: {', '.join(choices)}.")
    return given


def file(name: str, env: Mapping[str, str] = os.environ) -> bytes:
    """The contents of the file that a setting names; empty when it names none."""
    given = text(name, env)
    try:
        return Path(given).expanduser().read_bytes() if given else b""
    except OSError as fault:
        raise SystemExit(f"{name} is {given!r}, which cannot be read: {fault.strerror}.") from fault


def networks(name: str, env: Mapping[str, str] = os.environ) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, comma separated."""
    given = [part.strip() for part in text(name, env).split(",") if part.strip()]
    try:
        return tuple(ip_network(part) for part in given)
    except ValueError as fault:
        raise SystemExit(f"{name}: {fault}; write addresses or networks, such as 10.0.0.5 or 10.1.0.0/24.") from fault


def inside(name: str, env: Mapping[str, str] = os.environ) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks that are not part of the public internet, comma separated."""
    found = networks(name, env)
    for each in found:
        if not (each.is_private or (isinstance(each, IPv4Network) and each.subnet_of(SHARED))):
            raise SystemExit(f"{name}: {each} is not a network of the inside; public addresses need no entry.")
    return found


SHARED: Final = IPv4Network("100.64.0.0/10")
"""Numbers that providers share out inside (RFC 6598); some governments' networks use them."""


def names(name: str, env: Mapping[str, str] = os.environ) -> frozenset[str]:
    """Words, comma separated; `none` means that there is none."""
    return frozenset(part.strip() for part in text(name, env).lower().split(",")) - {"", "none"}


def issuer(env: Mapping[str, str] = os.environ) -> str:
    """The identity provider's address, as it calls itself; plain HTTP is trusted from this machine only."""
    given = text("WILDGATE_OIDC_ISSUER", env)
    parts = urlsplit(given)
    if given and parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise SystemExit(f"WILDGATE_OIDC_ISSUER is {given!r}, but an identity provider is trusted over https: only.")
    return given


def origin(name: str, env: Mapping[str, str] = os.environ) -> list[str]:
    """Where a browser ends up that is sent to the address in a setting; nothing when it names none."""
    parts = urlsplit(text(name, env))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def hosts(env: Mapping[str, str] = os.environ) -> list[str]:
    """The host names that are answered to: those that are listed, and the one that is printed in every QR code."""
    listed = [host.strip() for host in text("WILDGATE_HOSTS", env).split(",") if host.strip()]
    own = urlsplit(text("WILDGATE_BASE_URL", env)).hostname or ""
    own = f"[{own}]" if ":" in own else own
    return listed if own in {"", *listed} else [*listed, own]


def party(env: Mapping[str, str] = os.environ) -> str:
    """The two letters of the Party."""
    given = text("WILDGATE_PARTY", env).strip().upper()
    if not re.fullmatch("[A-Z]{2}", given):
        raise SystemExit(f"WILDGATE_PARTY is {given[:40]!r}, but it must be the two letters of a country, such as NA.")
    return given


def home() -> Path:
    return Path(text("WILDGATE_HOME")).expanduser().resolve()


def secret_key() -> str:
    """The configured secret, or one made on first use in WILDGATE_HOME/secret with mode 0600."""
    if given := text("WILDGATE_SECRET_KEY"):
        return given
    path = home() / "secret"
    found = path.read_text() if path.exists() else ""
    if not found.endswith("\n"):
        found = _make_secret(path)
    if not found.endswith("\n"):
        raise SystemExit(f"{path} is empty or cut off. Put back the one of your last backup; key files made with it "
                         "open with no other.")
    return found.strip()


def _make_secret(path: Path) -> str:
    """One process makes it, and those that start beside it wait until it is whole. What was broken off before is made
    anew as long as no key can have been locked with it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = file.read()
        if not found and not (path.parent / "keys").exists():
            found = secrets.token_urlsafe(48) + "\n"
            file.write(found)
            file.flush()
            os.fsync(file.fileno())
        return found


def databases(place: Path) -> dict[str, dict[str, object]]:
    """The database, and the standby `reports` beside it where one is named: nothing is ever written there."""
    bounced = yes("WILDGATE_PGBOUNCER")
    found = {"default": database(text("DATABASE_URL"), place, durable=yes("WILDGATE_DURABLE"))}
    if bounced:  # the next transaction may run on another connection of the server: nothing may be left on this one
        found["default"] |= {"DISABLE_SERVER_SIDE_CURSORS": True}
    if url := text("WILDGATE_REPORTS_URL"):
        if not text("DATABASE_URL"):
            raise SystemExit("WILDGATE_REPORTS_URL names a standby, but there is no DATABASE_URL that it could follow.")
        standby = database(url, place, durable=True, name="WILDGATE_REPORTS_URL")
        options = {"connect_timeout": "3", **dict(standby["OPTIONS"]), "target_session_attrs": "any"}  # type: ignore[call-overload]
        found["reports"] = {**standby, "OPTIONS": options, "CONN_HEALTH_CHECKS": True,
                            "TEST": {"MIRROR": "default"}}
    return found


def database(url: str, place: Path, *, durable: bool, name: str = "DATABASE_URL") -> dict[str, object]:
    """Django's database settings for a DATABASE_URL; SQLite in `place` when there is none. `name` is the setting's."""
    if not url:
        level = "FULL" if durable else "OFF"
        return {
            "ENGINE": "django.db.backends.sqlite3", "NAME": place / "wildgate.sqlite3", "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command":
                        f"PRAGMA journal_mode=WAL; PRAGMA synchronous={level}; PRAGMA temp_store=MEMORY; "
                        "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000"},
        }
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SystemExit(NO_HOST) from None
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SystemExit(f"{name} starts with {parts.scheme}:, but only postgresql: is understood; "
                         "leave it empty for SQLite.")
    hosts, ports = _hosts(parts.netloc.rpartition("@")[2])
    options = dict(parse_qsl(parts.query))
    if len(hosts) > 1:  # whichever of them takes writes; a dead one is passed over soon, and so is a dead connection
        options = {"target_session_attrs": "read-write", "connect_timeout": "5", "keepalives_idle": "5",
                   "tcp_user_timeout": "10000", **options}
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
        "HOST": ",".join(hosts), "PORT": ",".join(ports) if any(ports) else "", "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": len(hosts) > 1, "OPTIONS": options,
    }


NO_HOST: Final = ("DATABASE_URL names its host in a way that is not understood; "
                  "write postgresql://user:password@host:5432/name, several hosts with commas between.")
_host = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:]*))(?::([0-9]{1,5}))?").fullmatch


def _hosts(netloc: str) -> tuple[list[str], list[str]]:
    """The hosts of an address and their ports, in order: `one:5432,two:5433`, `[::1]`; one without a port has 5432."""
    found = [_host(part) for part in netloc.split(",")]
    if not all(found):
        raise SystemExit(NO_HOST)
    hosts = [each[1] or each[2] or "" for each in found if each]
    ports = [each[3] or "" for each in found if each]
    return hosts, [port or "5432" for port in ports] if any(ports) else ports


NO_MAIL: Final = "WILDGATE_EMAIL_URL is not understood; write smtp://user:password@host:587."


def mail(url: str, place: Path, sender: str) -> dict[str, object]:
    """Django's mail settings; without a URL, mail is kept as files that an administrator can read."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": place / "mail",
                "DEFAULT_FROM_EMAIL": sender}
    try:
        parts = urlsplit(url)
        port = parts.port or 587
    except ValueError:
        raise SystemExit(NO_MAIL) from None
    if parts.scheme != "smtp" or not parts.hostname:
        raise SystemExit(NO_MAIL)
    return {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": port, "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""), "EMAIL_USE_TLS": True, "DEFAULT_FROM_EMAIL": sender}

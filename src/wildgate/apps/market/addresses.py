"""Addresses of listings: one spelling for each page, without what only follows the reader around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from wildgate.apps.platforms.hosts import host_of, readable
from wildgate.screening.normalise import fold

LONGEST: Final = 1_000
PORTS: Final = {"http": 80, "https": 443}
TRACKING: Final = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "igsh", "mc_cid", "mc_eid",
    "_ga", "_gl", "ref", "ref_", "ref_src", "referrer", "source_id", "spm", "scm", "trk", "tracking", "trackingid",
    "campid", "campaignid", "mkcid", "mkevt", "mkrid", "toolid", "customid", "_trkparms", "_trksid", "amdata",
    "epid_src", "share", "share_id", "shareid", "sharesource", "si", "feature", "cmpid", "affid", "aff_id",
    "clickid", "click_id", "sessionid", "session_id", "sid", "phpsessid", "jsessionid", "vero_id", "wickedid",
    "oly_enc_id", "_hsenc", "_hsmi", "__hssc", "__hstc", "hsctatracking"})
"""Parts of an address that name the reader, the campaign or the visit, never the page (general knowledge, K)."""
TRACKING_BEGINS: Final = ("utm_", "pk_", "mtm_", "hsa_", "ga_", "fb_", "stm_")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in one spelling. `looks_like`: the host is written in foreign letters and looks like this one."""

    url: str
    host: str
    looks_like: str = ""


def canonical(text: str) -> Address | None:
    """The address in one spelling; None where it is no address of the web."""
    text = text.strip()
    host = host_of(text)
    if not host or len(text) > LONGEST * 2 or not text.isprintable():
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    place = host if port is None or port == PORTS.get(scheme) else f"{host}:{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    try:
        asked = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
                       if not _tracks(pair[0]))
    except ValueError:
        return None
    url = urlunsplit(("https", place, path.rstrip("/") or "/", urlencode(asked), ""))
    return Address(url, host, looks_like(host)) if len(url) <= LONGEST else None


def _tracks(name: str) -> bool:
    name = name.lower()
    return name in TRACKING or name.startswith(TRACKING_BEGINS)


def looks_like(host: str) -> str:
    """What a host in foreign letters looks like to a reader of Latin; empty where it looks like nothing else."""
    if "xn--" not in host:
        return ""
    shown = readable(host)
    plain = ".".join(fold(label) for label in shown.split("."))
    return plain if plain != shown and plain.replace(".", "").isascii() and all(plain.split(".")) else ""

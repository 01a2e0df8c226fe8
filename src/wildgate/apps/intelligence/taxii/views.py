"""The addresses of TAXII 2.1: discovery, one API root, the one collection of a key, its objects, their manifest.

A key opens the collection of its target; another's is answered as one that does not exist.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from wildgate.apps.accounts.gate import Request
from wildgate.apps.intelligence.models import FeedKey, Received, Target
from wildgate.apps.intelligence.taxii import asking, services
from wildgate.apps.intelligence.taxii.collecting import Collected, Entry, collect, collection_id
from wildgate.apps.intelligence.taxii.door import MEDIA, NOTHING, answer, error, keyed
from wildgate.convention.refusal import Refusal
from wildgate.kit import api, events
from wildgate.sharing.stix.writing import stamp

STIX: Final = "application/stix+json;version=2.1"
LARGEST: Final = 5_000_000
"""Bytes of one envelope."""


class Asking(Request):
    """A request behind the door."""

    key: FeedKey


@keyed("GET", "HEAD")
def discovery(request: Asking) -> HttpResponse:
    """Where the API root is."""
    root = request.build_absolute_uri("/taxii2/intelligence/")
    return answer({"title": f"Wildgate {settings.PARTY}", "default": root, "api_roots": [root]})


@keyed("GET", "HEAD")
def root(request: Asking) -> HttpResponse:
    """What the API root speaks."""
    return answer({"title": "Intelligence on trade in CITES-listed species", "versions": [MEDIA],
                   "max_content_length": LARGEST})


@keyed("GET", "HEAD")
def collections(request: Asking) -> HttpResponse:
    """The collection of the key's target."""
    return answer({"collections": [_collection(request.key.target)]})


@keyed("GET", "HEAD")
def collection(request: Asking, key: str) -> HttpResponse:
    """One collection."""
    return answer(_collection(request.key.target)) if _is_own(request, key) else error(NOTHING)


def _collection(target: Target) -> dict[str, Any]:
    return {"id": str(collection_id(target)), "title": target.name, "alias": target.code, "can_read": True,
            "can_write": True, "media_types": [STIX]}


def _is_own(request: Asking, key: str) -> bool:
    """By its id or its alias."""
    target = request.key.target
    return key.lower() in (str(collection_id(target)), target.code.lower())


@keyed("GET", "HEAD", "POST")
def objects(request: Asking, key: str) -> HttpResponse:
    """The objects of a collection; or take some in, to be decided by a person."""
    if not _is_own(request, key):
        return error(NOTHING)
    if request.method == "POST":
        return _add(request)
    return _page(request, "objects", lambda entry: entry.object)


@keyed("GET", "HEAD")
def manifest(request: Asking, key: str) -> HttpResponse:
    """The same without what is in them: ids, versions and since when."""
    return _page(request, "manifest", _line) if _is_own(request, key) else error(NOTHING)


@keyed("GET", "HEAD")
def one(request: Asking, key: str, name: str) -> HttpResponse:
    """One object by its id."""
    return _page(request, "objects", lambda entry: entry.object, name) if _is_own(request, key) else error(NOTHING)


@keyed("GET", "HEAD")
def versions(request: Asking, key: str, name: str) -> HttpResponse:
    """The versions of one object: only the last is kept."""
    return _page(request, "versions", asking.version_of, name) if _is_own(request, key) else error(NOTHING)


def _line(entry: Entry) -> dict[str, str]:
    return {"id": entry.id, "date_added": stamp(entry.added), "version": asking.version_of(entry), "media_type": STIX}


def _page(request: Asking, what: str, shown: Any, name: str = "") -> HttpResponse:
    """A page of the collection as it is now, and an event that says what was handed out."""
    asked = asking.read(request.GET)
    if isinstance(asked, Refusal):
        return error(asked)
    found = collect(request.key.target, request.at)
    entries = [each for each in found.entries if not name or each.id == name]
    if name and not entries:
        return error(NOTHING)
    page, more = asked.of(entries)
    listed = "versions" if what == "versions" else "objects"
    told: dict[str, Any] = {listed: [shown(each) for each in page]} if page else {}
    headers = {}
    if page:
        headers = {"X-TAXII-Date-Added-First": stamp(page[0].added), "X-TAXII-Date-Added-Last": stamp(page[-1].added)}
    if more:
        told |= {"more": True, "next": asking.place_after(page[-1])}
    response = answer(told, headers=headers)
    if page and request.method != "HEAD":
        _note(request, what, found, page, response.content)
    return response


def _note(request: Asking, what: str, found: Collected, page: list[Entry], data: bytes) -> None:
    target = request.key.target
    reports = list(dict.fromkeys(each.report for each in page))
    with transaction.atomic():
        events.append("intelligence-exported", target.subject, party=target.party, actor=request.key.label,
                      at=request.at, data={
                          "what": f"taxii {what}", "rows": len(reports), "objects": len(page),
                          "withheld": found.withheld, "ceiling": target.ceiling.tlp.word,
                          "sha256": hashlib.sha256(data).hexdigest(), "reports": reports})


def _add(request: Asking) -> HttpResponse:
    data = api.take_body(request, LARGEST)
    made = data if isinstance(data, Refusal) else services.add(key=request.key, data=data, at=request.at)
    return error(made) if isinstance(made, Refusal) else answer(_status(made), status=202)


@keyed("GET", "HEAD")
def status(request: Asking, key: str) -> HttpResponse:
    """What became of objects that were added."""
    try:
        uid = UUID(key)
    except ValueError:
        return error(NOTHING)
    found = Received.objects.select_related("taken").filter(target=request.key.target, uid=uid).first()
    return error(NOTHING) if found is None else answer(_status(found))


def _status(row: Received) -> dict[str, Any]:
    """It tells the whole envelope as one: which of its reports were filed is for those who took it in."""
    counts = {f"{each}_count": row.objects_in_it if each == row.state else 0
              for each in ("success", "failure", "pending")}
    return {"id": str(row.uid), "status": "pending" if row.state == "pending" else "complete",
            "request_timestamp": stamp(row.at), "total_count": row.objects_in_it, **counts}


@keyed("GET", "HEAD", "POST", "PUT", "PATCH")
def nowhere(request: Asking, rest: str = "") -> HttpResponse:
    """An address below ours that is none of TAXII's."""
    return error(NOTHING)

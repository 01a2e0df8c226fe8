"""The packet of a rejected paper: what the issuing authority and the Secretariat need, in one archive.

A letter in the three languages of the Convention, the record as data, the paper's lines where it is registered, the
photographs, and the digest of every file. No names of persons.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs.models import Rejection
from wildgate.convention import tables
from wildgate.convention.permit import plain

LANGUAGES: Final = ("en", "fr", "es")
EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def of(found: Rejection, actor: Actor, at: datetime) -> bytes:
    """The archive. The same rejection gives the same files; only the letter's date is that of `at`."""
    files: dict[str, bytes] = {"rejection.json": json.dumps(_record(found), indent=1, ensure_ascii=False).encode()}
    for language in LANGUAGES:
        with translation.override(language):
            files[f"letter-{language}.txt"] = _letter(found, at).encode()
    for place, photo in enumerate(found.photos.select_related("upload"), start=1):
        if photo.upload.file.exists():
            ending = photo.upload.file.suffix.lower()
            files[f"photographs/{place:02}{ending}"] = photo.upload.file.read_bytes()
    files["sha256.txt"] = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n"
                                  for name, data in files.items()).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return out.getvalue()


def _record(found: Rejection) -> dict[str, Any]:
    paper = found.permit or found.foreign
    return {
        "rejected_by": found.party, "port": found.port, "at": found.at.astimezone(UTC).isoformat(timespec="seconds"),
        "paper": {"issued_by": found.country, "number": found.number,
                  "issued_on": found.issued_on.isoformat() if found.issued_on else None},
        "reason": found.reason, "evidence": found.evidence,
        "lifted": found.lifted_at is not None,
        "photographs": [photo.digest for photo in found.photos.all()],
        "lines": [{"block": line.block, "taxon": line.taxon, "term": line.term, "quantity": plain(line.quantity),
                   "unit": line.unit, "source": line.source} for line in paper.lines.all()] if paper else [],
    }


def _letter(found: Rejection, at: datetime) -> str:
    language = translation.get_language() or "en"
    names = {code: known.name(language) if (known := tables.country(code)) else code
             for code in (found.party, found.country)}
    return "\n\n".join((
        _("To the Management Authority of %(country)s, and to the Secretariat for information") % {
            "country": names[found.country]},
        _("From customs of %(country)s, %(port)s, %(day)s") % {
            "country": names[found.party], "port": found.port, "day": f"{at.date().isoformat()}"},
        _("On %(day)s a paper with the number %(number)s, said to be issued by %(country)s, was presented here and not "
          "accepted. Reason: %(reason)s.") % {
            "day": found.at.date().isoformat(), "number": found.number, "country": names[found.country],
            "reason": found.get_reason_display()},
        found.evidence,
        _("Please tell us whether you issued this paper, with these facts, and what became of it. Photographs and the "
          "record are enclosed; the file sha256.txt holds the digest of each."),
    )) + "\n"

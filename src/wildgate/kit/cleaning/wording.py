"""What is said about an attachment, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wildgate.kit.cleaning.models import Held

_REMOVED: Final[dict[str, Promise]] = {
    "exif": _("what the camera noted (EXIF)"),
    "gps": _("the place where it was taken"),
    "xmp": _("notes of a program (XMP)"),
    "iptc": _("notes of an agency (IPTC)"),
    "thumbnail": _("a small picture inside"),
    "colours": _("a colour profile"),
    "comment": _("a comment"),
    "frames": _("all pictures but the first"),
    "second-picture": _("a second picture behind the first"),
    "clip": _("a short film behind the picture"),
    "javascript": _("JavaScript"),
    "actions": _("actions on opening or clicking"),
    "attachments": _("files attached to it"),
    "forms": _("form fields (what was filled in is drawn)"),
    "links": _("links"),
    "pages": _("the pages after the 50th"),
    "controls": _("invisible characters"),
    "bidi": _("marks that turn the direction of the text"),
    "metadata": _("title, author and other particulars"),
}


def removed(held: Held) -> list[Promise]:
    """What the working copy lacks of the original."""
    return [_REMOVED[code] for code in held.removed if code in _REMOVED]


def scanned(held: Held) -> Promise:
    """Whether a virus scanner looked at it: said wherever an attachment is shown."""
    if held.scanned:
        return _("A virus scanner found nothing.")
    if held.scanned is None:
        return _("Not scanned: this installation has no virus scanner.")
    return _("Not scanned: the virus scanner gave no answer.")


def shown(held: Held) -> Promise:
    """What is handed out."""
    if held.forgotten_at:
        return _("The attachment was removed when its time was over.")
    if held.file is None:
        return _("Film and sound are not shown; the original is sealed.")
    return _("A harmless copy is shown; the original is sealed.")

"""Pictures drawn anew: the dots of the original and nothing else of it."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import Final

from PIL import (
    GifImagePlugin,  # noqa: F401  (each is loaded before the doors shut)
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from wildgate.kit.cleaning.kinds import MOST_PIXELS
from wildgate.kit.cleaning.made import Made
from wildgate.kit.cleaning.sniffing import Refused, Seen

FORMATS: Final = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "gif": ("GIF",), "webp": ("WEBP",)}
_GPS: Final = 0x8825
_XMP: Final = (b"http://ns.adobe.com/xap/1.0/", b"XML:com.adobe.xmp", b"<x:xmpmeta", b"XMP DataXMP")
_THUMBNAIL: Final = re.compile(rb"Exif\x00\x00.{0,65536}?\xff\xd8\xff", re.DOTALL)

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.preinit()


def redrawn(data: bytes, seen: Seen) -> Made:
    """The picture turned as its camera says, in the colours of screens, without any metadata."""
    try:
        picture = Image.open(BytesIO(data[:seen.end]), formats=FORMATS[seen.form])
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("too-many-pixels")
        removed = [*seen.more, *_metadata(picture, data[:seen.end])]
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too-many-pixels") from None
    profile = picture.info.get("icc_profile")
    drawn = _drawn(ImageOps.exif_transpose(picture), profile)
    del picture  # one copy of many dots less
    out = BytesIO()
    if seen.form in ("jpeg", "webp") and drawn.mode == "RGB":
        drawn.save(out, "JPEG", quality=90)
        return Made(out.getvalue(), "jpg", 1, tuple(removed))
    drawn.save(out, "PNG")
    return Made(out.getvalue(), "png", 1, tuple(removed))


def _drawn(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The dots alone, in one of two modes, with no field of the original along."""
    coloured = _in_screen_colours(picture, profile)
    drawn = coloured.convert("RGBA" if coloured.has_transparency_data else "RGB")
    drawn.info.clear()
    return drawn


def _metadata(picture: ImageFile.ImageFile, data: bytes) -> list[str]:
    """What the original says beside its dots."""
    exif = picture.getexif()
    found = {
        "exif": bool(exif) or "exif" in picture.info,
        "gps": _GPS in exif,
        "thumbnail": b"Exif\x00\x00" in data and _THUMBNAIL.search(data) is not None,
        "xmp": any(mark in data for mark in _XMP),
        "iptc": b"Photoshop 3.0\x00" in data,
        "colours": bool(picture.info.get("icc_profile")),
        "comment": bool(picture.info.get("comment")) or bool(getattr(picture, "text", None)),
        "frames": getattr(picture, "n_frames", 1) > 1 and "mpoffset" not in picture.info,
    }
    return [code for code, there in found.items() if there]


def _in_screen_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Wide colours brought to sRGB; a profile that cannot be read is left out."""
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        done = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)),
                                         ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return done or picture

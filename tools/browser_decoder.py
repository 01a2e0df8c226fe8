"""Put the reader of square codes beside the verify page, for browsers that have none of their own.

It is zxing-wasm (MIT), fetched by npm as its makers publish it and compared with the digests below; nothing of it is
in the repository. Without npm the page works all the same: the platform's own reader, a picture sent to the server,
or the code pasted. `python tools/browser_decoder.py` tells how it went.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "zxing-wasm@3.1.4"
FILES = {
    "es/reader/index.js": "d90c69a827aff3b7c8c8ca310efebe91671ef076f7a0ec83722bfc542814f484",
    "es/share.js": "08868fb770b0a4e4b9eb3d717015cd5fbf3ceb06492d4cb2d2dd2739db11890f",
    "reader/zxing_reader.wasm": "e8af31edb56d0522f4de74495839385ef019ba8bc90d38e5ecb2f18795d86fb2",
}
PLACE = Path(__file__).resolve().parent.parent / "src" / "wildgate" / "site" / "static" / "wildgate" / "decoder"


def in_place() -> bool:
    """Are all files there, as they should be?"""
    return all((PLACE / name).is_file() and _digest((PLACE / name).read_bytes()) == wanted
               for name, wanted in FILES.items())


def fetch() -> str:
    """Fetch, compare and put in place; the sentence that says why not, or an empty one."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed: the camera works only in browsers that read codes by themselves."
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([npm, "pack", "--silent", "--ignore-scripts", PACKAGE], cwd=folder, capture_output=True,
                              timeout=120, check=False)
        packed = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or packed is None:
            return f"npm could not fetch {PACKAGE}: check the network and run this again."
        return _unpack(packed)


def _unpack(packed: Path) -> str:
    with tarfile.open(packed) as archive:
        found = {name: archive.extractfile(f"package/dist/{name}") for name in FILES}
        contents = {name: member.read() for name, member in found.items() if member is not None}
    for name, wanted in FILES.items():
        if _digest(contents.get(name, b"")) != wanted:
            return f"{PACKAGE} is not the file that was examined ({name} differs): nothing was put in place."
    for name, content in contents.items():
        (PLACE / name).parent.mkdir(parents=True, exist_ok=True)
        (PLACE / name).write_bytes(content)
    return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    problem = "" if in_place() else fetch()
    print(problem or f"{PACKAGE} is in place.", file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())

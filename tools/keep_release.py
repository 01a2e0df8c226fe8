"""Keep a small installation of a release, for the tests of later ones: an export without papers and law files.

    wildgate demo && wildgate country export /tmp/x          (with the released version)
    python tools/keep_release.py /tmp/x tests/data/releases/1.0.tar.xz
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

LARGEST = 300_000
EMPTIED = ("kit_lawpart",)
"""Large, and the same in every installation."""
LEFT_OUT = ("files/documents/", "files/seen/", "files/demo-world", "manifest.cose", "dictionary.json", "README.md")


def kept(folder: Path) -> dict[str, bytes]:
    """The files, with a manifest that fits what is left."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    found = {name: (folder / name).read_bytes() for name in manifest["files"] if not name.startswith(LEFT_OUT)}
    for table in EMPTIED:
        found[f"records/{table}.jsonl"] = b""
        manifest["tables"][table] = {"rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    manifest["files"] = {name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                         for name, data in sorted(found.items())}
    found["manifest.json"] = json.dumps(manifest, indent=1).encode()
    return found


def main(words: list[str]) -> int:
    if len(words) != 2:
        print("usage: python tools/keep_release.py EXPORT FILE.tar.xz", file=sys.stderr)
        return 2
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz", preset=9, format=tarfile.PAX_FORMAT) as archive:
        for name, data in sorted(kept(Path(words[0])).items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    if len(packed.getvalue()) > LARGEST:
        print(f"It would have {len(packed.getvalue())} bytes; {LARGEST} are allowed: leave more out.", file=sys.stderr)
        return 1
    Path(words[1]).parent.mkdir(parents=True, exist_ok=True)
    Path(words[1]).write_bytes(packed.getvalue())
    print(f"{words[1]}: {len(packed.getvalue())} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

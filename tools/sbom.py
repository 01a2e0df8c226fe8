"""Write the bill of materials of what an installed Wildgate holds: CycloneDX 1.5 JSON from requirements/run.lock.

`python tools/sbom.py [-o FILE]`. Only what is locked is named: package, version, and the SHA-256 of each file that may
be installed for it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.lock"
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the bill of materials (CycloneDX JSON).")
    parser.add_argument("-o", type=Path, metavar="FILE", help="where to (default: standard output)")
    asked = parser.parse_args()
    text = json.dumps(bill(LOCK.read_text()), indent=1) + "\n"
    if asked.o:
        asked.o.write_text(text)
    else:
        sys.stdout.write(text)
    return 0


def bill(lock: str) -> dict[str, Any]:
    """The whole document. Its serial number follows from the lock: the same lock gives the same bill."""
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "src/wildgate/__init__.py").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256(lock.encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "metadata": {"component": {"type": "application", "name": project["name"], "bom-ref": project["name"],
                                   "version": version[1] if version else "0"}},
        "components": list(components(lock)),
    }


def components(lock: str) -> Iterator[dict[str, Any]]:
    """Each locked package. The format has one hash for each algorithm: further files stand as properties."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if found := PACKAGE.match(block):
            name, version = found[1].lower().replace("_", "-"), found[2]
            hashes = sorted(HASH.findall(block))
            yield {"type": "library", "name": name, "version": version, "bom-ref": f"{name}@{version}",
                   "purl": f"pkg:pypi/{name}@{version}",
                   "properties": [{"name": "wildgate:sha256", "value": each} for each in hashes]}


if __name__ == "__main__":
    sys.exit(main())

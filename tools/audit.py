"""Are faults known of what is locked? Every package of requirements/*.lock against a list of advisories (OSV).

`python tools/audit.py` asks the open list of advisories; where it cannot be reached one line says so and the exit
status is 0, so that a build without a network goes on (`--must`: 2). `--advisories PATH` reads a folder or a zip of
OSV files instead, such as the list's own export: nothing is asked then. Exit status 1: a fault is known.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
LIST: Final = "https://api.osv.dev/v1/querybatch"
AT_ONCE: Final = 500
PATIENCE: Final = 20
"""Seconds until the list counts as out of reach."""


@dataclass(frozen=True, order=True)
class Package:
    """A locked package; the name in its one spelling."""

    name: str
    version: str


@dataclass(frozen=True, order=True)
class Known:
    """A fault that is known of a package: the advisory's number, and where it is mended, as far as the list says."""

    package: Package
    number: str
    mended: str = ""


class Unreachable(Exception):
    """The list of advisories cannot be asked; the text says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Are faults known of what is locked?")
    parser.add_argument("--advisories", type=Path, metavar="PATH",
                        help="a folder or a zip of OSV files; nothing is asked")
    parser.add_argument("--must", action="store_true", help="an unreachable list is a failure (exit status 2)")
    asked = parser.parse_args()
    packages = locked(path.read_text() for path in sorted((ROOT / "requirements").glob("*.lock")))
    try:
        found = sorted(among(packages, read(asked.advisories)) if asked.advisories else asked_of_list(packages))
    except Unreachable as why:
        print(f"Not audited: the list of advisories cannot be reached ({why}). {len(packages)} packages are locked.")
        return 2 if asked.must else 0
    except (OSError, ValueError, zipfile.BadZipFile) as fault:
        print(f"The advisories cannot be read: {fault}.", file=sys.stderr)
        return 2
    except (AttributeError, KeyError, TypeError):
        print("The advisories cannot be read: a file is not as OSV writes it (https://ossf.github.io/osv-schema/).",
              file=sys.stderr)
        return 2
    for each in found:
        mended = f"; mended in {each.mended}" if each.mended else ""
        print(f"{each.package.name} {each.package.version}: {each.number}{mended}")
    print(f"{len(packages)} locked packages, {len(found)} known faults.")
    return int(bool(found))


def locked(locks: Iterable[str]) -> list[Package]:
    """Every package of the locks, each once."""
    return sorted({Package(_name(name), version) for lock in locks for name, version in PACKAGE.findall(lock)})


def asked_of_list(packages: list[Package], address: str = LIST) -> Iterator[Known]:
    """What the list knows. It is told names and versions of open packages, and nothing else."""
    for start in range(0, len(packages), AT_ONCE):
        some = packages[start:start + AT_ONCE]
        body = {"queries": [{"package": {"ecosystem": "PyPI", "name": each.name}, "version": each.version}
                            for each in some]}
        request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                results = json.load(answer)["results"]
        except (OSError, urllib.error.URLError, ValueError, KeyError, TypeError) as fault:
            raise Unreachable(getattr(fault, "reason", fault)) from fault
        if len(results) != len(some):
            raise Unreachable("its answer is not about what was asked")
        for package, result in zip(some, results, strict=True):
            yield from (Known(package, each["id"]) for each in (result or {}).get("vulns", ()))


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The advisories of a folder or a zip, those that were withdrawn left out."""
    if path.is_dir():
        texts: Iterable[bytes] = (each.read_bytes() for each in sorted(path.rglob("*.json")))
    else:
        with zipfile.ZipFile(path) as archive:
            texts = [archive.read(name) for name in archive.namelist() if name.endswith(".json")]
    count = 0
    for text in texts:
        count += 1
        if not (found := json.loads(text)).get("withdrawn"):
            yield found
    if not count:
        raise ValueError(f"{path} holds no OSV file (*.json)")


def among(packages: Iterable[Package], advisories: Iterable[Mapping[str, Any]]) -> Iterator[Known]:
    """The advisories that are about one of the packages in its version."""
    by_name: dict[str, list[Package]] = {}
    for each in packages:
        by_name.setdefault(each.name, []).append(each)
    for advisory in advisories:
        for part in advisory.get("affected", ()):
            told = part.get("package", {})
            if told.get("ecosystem") == "PyPI":
                yield from (Known(each, advisory["id"], _mended(part)) for each in by_name.get(_name(told["name"]), ())
                            if _is_in(each.version, part))


def _is_in(version: str, part: Mapping[str, Any]) -> bool:
    if version in part.get("versions", ()):
        return True
    ranges = (each for each in part.get("ranges", ()) if each.get("type") == "ECOSYSTEM")
    return any(_between(version, each.get("events", ())) for each in ranges)


def _between(version: str, events: Iterable[Mapping[str, str]]) -> bool:
    """Whether the version lies in a range: from where it was introduced, to before it was mended."""
    ours, inside = Version(version), False
    for event in sorted(events, key=lambda event: (_version(next(iter(event.values()))), "introduced" in event)):
        if "introduced" in event and ours >= _version(event["introduced"]):
            inside = True
        if "fixed" in event and ours >= _version(event["fixed"]):
            inside = False
        if "last_affected" in event and ours > _version(event["last_affected"]):
            inside = False
    return inside


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")


def _mended(part: Mapping[str, Any]) -> str:
    return ", ".join(event["fixed"] for each in part.get("ranges", ()) if each.get("type") == "ECOSYSTEM"
                     for event in each.get("events", ()) if "fixed" in event)


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


if __name__ == "__main__":
    sys.exit(main())

"""The bill of materials names everything that is locked, and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_locked_package_stands_in_the_bill_with_its_hashes(tmp_path):
    file = tmp_path / "sbom.json"
    subprocess.run([sys.executable, ROOT / "tools" / "sbom.py", "-o", file], check=True)
    bill = json.loads(file.read_text())
    lock = (ROOT / "requirements" / "run.lock").read_text()

    pairs = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE)
    locked = {name.lower().replace("_", "-"): version for name, version in pairs}
    hashes = [each["value"] for part in bill["components"] for each in part["properties"]]

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {each["name"]: each["version"] for each in bill["components"]} == locked
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert len({each["bom-ref"] for each in bill["components"]}) == len(bill["components"])

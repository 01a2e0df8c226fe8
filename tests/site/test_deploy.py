"""The files in deploy/: what they call exists, and what they watch is measured."""

from __future__ import annotations

import configparser
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wildgate.site import metrics
from wildgate.site.cli import parser
from wildgate.site.env import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_a_unit_runs_a_command_that_exists_without_rights_it_does_not_need(unit):
    service = _of(unit)["Service"]

    for key in ("ExecStartPre", "ExecStart"):
        words = shlex.split(service.get(key, "").removeprefix("-"))
        words = shlex.split(words[2].removeprefix("exec ")) if words[:1] == ["/bin/sh"] else words
        if words:
            assert words[0] == "/opt/wildgate/bin/wildgate"
            words = [word.replace("${PORT}", "8000") for word in words]  # of the country's own settings
            parser().parse_args(words[1:])  # exits with a complaint where a word is not known
    one_of_several = "@" in unit.name
    assert service["User"] == ("wildgate-%i" if one_of_several else "wildgate")
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    if one_of_several:
        assert (service["TemporaryFileSystem"], service["BindPaths"]) == ("/srv/wildgate:ro", "/srv/wildgate/%i")
        assert service["EnvironmentFile"] == "/etc/wildgate/%i.env"


@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_a_unit_whose_settings_name_no_home_works_in_the_one_that_it_may_write(unit):
    """Units start in /, where the default home would be /var; what the file of settings says comes after this."""
    service = _of(unit)["Service"]

    name, home = service["Environment"].split("=")
    assert name == "WILDGATE_HOME"
    assert home in service["ReadWritePaths"].split()
    assert unit.read_text().index("Environment=") < unit.read_text().index("EnvironmentFile=")


@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_no_unit_is_less_confined_than_the_service_itself(unit):
    """A backup holds everything, and the door takes what strangers send."""
    service, other = _of(DEPLOY / "wildgate.service")["Service"], _of(unit)["Service"]
    confined = {key: value for key, value in service.items()
                if key.startswith(("Protect", "Private", "Restrict", "Capability", "NoNew", "Lock", "SystemCall"))
                and key not in ("Restart", "RestartSec")}

    assert len(confined) >= 13
    assert {key: other.get(key) for key in confined} == confined


def test_the_door_for_partners_opens_again_whenever_the_service_starts():
    """An upgrade stops the service, and with it what requires it; only what the service wants comes back with it."""
    door = _of(DEPLOY / "wildgate-exchange-door.service")

    assert door["Unit"]["Requires"] == "wildgate.service"
    assert door["Install"]["WantedBy"] == "wildgate.service"
    assert _of(DEPLOY / "wildgate-upgrade.service")["Unit"]["OnSuccess"] == "wildgate.service"


def _of(unit: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read(unit)
    return read


def test_what_alerts_and_dashboard_watch_is_measured(cast, settings):
    measured = {each.name for each in metrics.measured(datetime.now(UTC))}
    watched = set(re.findall(r"wildgate_[a-z_]+", (DEPLOY / "alerts.yaml").read_text()))
    for panel in json.loads((DEPLOY / "dashboard.json").read_text())["panels"]:
        watched |= set(re.findall(r"wildgate_[a-z_]+", " ".join(each["expr"] for each in panel["targets"])))

    assert watched <= measured
    assert len(watched) >= 8


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", *[unit.name for unit in UNITS]])
def test_settings_that_are_named_exist(name):
    named = set(re.findall(r"WILDGATE_[A-Z0-9_]+", (DEPLOY / name).read_text())) - {"WILDGATE_"}

    assert named <= {each.name for each in SETTINGS}


def test_the_container_installs_by_hashes_and_runs_as_nobody_special():
    text = (DEPLOY / "Containerfile").read_text()

    assert "--require-hashes -r requirements/run.lock" in text
    assert "USER wildgate" in text
    assert "ADD " not in text
    assert "latest" not in text + (DEPLOY / "compose.yaml").read_text()


def test_no_kind_of_file_is_left_out_of_the_wheel():
    given = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    package = ROOT / "src" / "wildgate"
    kinds = {f"*{file.suffix}" for file in package.rglob("*")
             if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts}

    assert kinds <= set(given)


def test_the_container_asks_after_itself_by_the_name_that_it_answers_to():
    """WILDGATE_HOSTS may name the public address alone."""
    asked = []

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...
    line = next(each for each in (DEPLOY / "Containerfile").read_text().splitlines() if each.startswith("HEALTHCHECK"))
    _python, _c, program = json.loads(line.partition(" CMD ")[2])
    with http.server.HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        subprocess.run([sys.executable, "-c", program.replace(":8000/", f":{server.server_port}/")], check=True,
                       env={**os.environ, "WILDGATE_BASE_URL": "https://permits.example.org"}, timeout=20)

    assert asked == [("/readyz", "permits.example.org")]

"""Make `.venv` with everything Wildgate needs, from a bare Python 3.11 or newer. A second run costs nothing.

uv is used when it can be had, because it is quick; else pip does the same from the same hash-locked list.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements" / "dev.lock"
STAMP = VENV / "wildgate.stamp"
INPUTS = (LOCK, ROOT / "pyproject.toml", Path(__file__).resolve(), ROOT / "tools" / "browser_decoder.py",
          *sorted(ROOT.glob("src/wildgate/site/locale/*/*/*.po")))


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  (runs on whatever Python is at hand)
        print(f"Wildgate needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
              "Run `make PYTHON=/path/to/python3.11`.", file=sys.stderr)
        return 2
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in INPUTS)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    print("Setting up .venv (once; about a minute) ...", file=sys.stderr)
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True)
    install()
    compile_messages()
    subprocess.run([str(BIN / "python"), str(ROOT / "tools" / "browser_decoder.py")], check=False)
    STAMP.write_text(wanted)
    return 0


def install() -> None:
    """The locked packages by their hashes, then Wildgate itself in place."""
    python = str(BIN / "python")
    if have_uv():
        uv = [python, "-m", "uv", "pip"]
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
        run([*uv, "install", "--quiet", "--require-hashes", "-r", str(LOCK)], env)
        run([*uv, "install", "--quiet", "--no-deps", "-e", str(ROOT)], env)
    else:
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(LOCK)])
        run([*pip, "--no-deps", "-e", str(ROOT)])


def have_uv() -> bool:
    """Put uv into the environment if pip can find it; without it everything works, more slowly."""
    python = str(BIN / "python")
    if subprocess.run([python, "-m", "uv", "--version"], capture_output=True, check=False).returncode == 0:
        return True
    found = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
                           capture_output=True, check=False)
    return found.returncode == 0


def compile_messages() -> None:
    """Translations as gettext reads them; only their sources are in the repository."""
    run([str(BIN / "python"), str(ROOT / "tools" / "translations.py"), "compile"])


def run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"Setting up failed at: {' '.join(command[:6])} ... (exit status {done.returncode}). "
                         "Check the network to your package index and run the same command again.")


if __name__ == "__main__":
    sys.exit(main())

"""`make docs`: the documentation as pages in build/docs, which open from a folder and ask no other site for anything.

The generator has an environment of its own (build/docs-venv, from requirements/docs.lock); an installation needs none
of it. `python -m tools.docs.build` runs with the project's own Python, which reads the commands, the machine interface
and the law.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SOURCE, PAGES, TOOLS = BUILD / "docs-source", BUILD / "docs", BUILD / "docs-venv"
LOCK = ROOT / "requirements" / "docs.lock"
OUTSIDE = re.compile(r"""(?:src|srcset|poster)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//"""
                     r"""|<link[^>]+href\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)
"""What would make a browser ask another site."""
DECISIONS = "\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def main() -> int:
    environment()
    if SOURCE.exists():
        shutil.rmtree(SOURCE)
    shutil.copytree(ROOT / "docs", SOURCE)
    with (SOURCE / "decisions" / "README.md").open("a", encoding="utf-8") as index:
        index.write(DECISIONS)  # the page itself stays plain Markdown in the repository
    for name, text in generated().items():
        path = SOURCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if PAGES.exists():
        shutil.rmtree(PAGES)
    sphinx = [str(TOOLS / "bin" / "python"), "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html"]
    done = subprocess.run([*sphinx, "-d", str(BUILD / "docs-doctrees"), str(SOURCE), str(PAGES)], check=False)
    if done.returncode:
        print("The documentation has faults; they are listed above.", file=sys.stderr)
        return 1
    for page in PAGES.rglob("*.html"):
        page.write_text(reachable_by_keys(page.read_text(encoding="utf-8")), encoding="utf-8")
    if faults := asks_others(PAGES):
        print("These files would ask another site:", *faults, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{len(list(PAGES.rglob('*.html')))} pages: open {PAGES.relative_to(ROOT) / 'index.html'}")
    return 0


def environment() -> None:
    """The generator's own environment, made once for each lock."""
    wanted, stamp = hashlib.sha256(LOCK.read_bytes()).hexdigest(), TOOLS / "docs.stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up the documentation's generator (once) ...", file=sys.stderr)
    venv.create(TOOLS, with_pip=True, clear=True)
    python = str(TOOLS / "bin" / "python")
    uv = [sys.executable, "-m", "uv"]
    with_uv = subprocess.run([*uv, "--version"], capture_output=True, check=False).returncode == 0
    # Without --python uv would fill the environment of the Python that runs it, which is the project's own.
    tool = ([*uv, "pip", "install", "--python", python] if with_uv else
            [python, "-m", "pip", "install", "--disable-pip-version-check"])
    done = subprocess.run([*tool, "--quiet", "--require-hashes", "-r", str(LOCK)], check=False)
    if done.returncode:
        raise SystemExit("The generator cannot be installed. Check the network to your package index and run it again.")
    stamp.write_text(wanted)


def generated() -> dict[str, str]:
    """Every page that is written from the program, by its place below docs/."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["WILDGATE_HOME"] = home  # nothing is kept in it; no installation of the machine is touched
        os.environ["DJANGO_SETTINGS_MODULE"] = "wildgate.site.settings"
        import django

        django.setup()
        return pages()


def pages() -> dict[str, str]:
    """As `generated`, where Django has been set up."""
    from tools.docs import api, commands, law

    from wildgate.site.api import document, operations, rule_of
    from wildgate.site.cli import parser
    said = json.loads(json.dumps(document(), default=str))
    rules = {(route, method): rule_of(operation) for route, operation in operations() for method in operation.methods}
    rooms = {"api": api.pages(said, rules), "commands": commands.pages(parser()), "law": law.pages()}
    return {f"reference/{room}/{name}": text for room, found in rooms.items() for name, text in found.items()}


def reachable_by_keys(page: str) -> str:
    """What may be wider than the screen can be moved without a mouse."""
    return re.sub(r'<(pre(?=>)|table(?= class="docutils))', r'<\1 tabindex="0"', page)


def asks_others(folder: Path) -> list[str]:
    """The files below `folder` that would make a browser ask another site, with the words that would."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css", ".js", ".svg"):
            found += [f"{path.relative_to(folder)}: {match.group(0)}"
                      for match in OUTSIDE.finditer(path.read_text(encoding="utf-8"))]
    return found


if __name__ == "__main__":
    sys.exit(main())

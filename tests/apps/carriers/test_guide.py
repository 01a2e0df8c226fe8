"""The example of the carrier's guide is run as it stands, and its table names every answer."""

from __future__ import annotations

import io
import re
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.apps.gateway.doors import carrier

from wildgate.apps.carriers.judging import SENTENCES
from wildgate.apps.carriers.wording import ANSWERS, SAID

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "carrier.md"


def test_the_ten_lines_answer_for_two_parcels(cast: Any, at: datetime, monkeypatch: Any, capsys: Any) -> None:
    speedx = carrier(cast, at)

    def over_the_wire(request: urllib.request.Request) -> io.BytesIO:
        assert isinstance(request.data, bytes)
        answer = speedx.client.post(request.full_url.removeprefix("https://a.example"), request.data,
                                    content_type=request.headers["Content-type"],
                                    headers={"authorization": request.headers["Authorization"]})
        return io.BytesIO(answer.content)
    monkeypatch.setattr(urllib.request, "urlopen", over_the_wire)
    example = re.search(r"## Asking.*?```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert example

    exec(compile(example.group(1), str(GUIDE), "exec"), {"base": "https://a.example", "key": speedx.key})

    assert [line.partition(" - ")[0] for line in capsys.readouterr().out.splitlines()] == [
        "SX-1 no-permit-needed", "SX-2 permit-missing"]


def test_the_guide_names_every_answer_and_pages_word_them_alike() -> None:
    table = GUIDE.read_text().partition("| answer | means |")[2].partition("\n\n")[0]

    assert set(re.findall(r"`([a-z-]+)`", table)) - {"fault"} == set(SENTENCES)
    assert set(ANSWERS) == set(SAID) == set(SENTENCES)
    assert {name: str(text) for name, text in SAID.items()} == SENTENCES

"""A traveller at /check/: goes from page to page as a browser would, with the fields of the form it was given."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.test import Client

CAVIAR = "Acipenser gueldenstaedtii|CAV|caviar"
SEAHORSE = "Hippocampus kuda|BOD|seahorse"
GUITAR = "Dalbergia nigra|WPR|guitar"


def soon() -> str:
    return (date.today() + timedelta(days=3)).isoformat()


class Traveller:
    """Holds the newest answer; `goes_on` sends its form back with more fields."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answer: Any = client.get("/check/")

    @property
    def step(self) -> str:
        return re.search(r'name="step" value="([^"]+)"', self.html)[1]

    @property
    def so_far(self) -> str:
        return re.search(r'name="so_far" value="([^"]+)"', self.html)[1]

    @property
    def html(self) -> str:
        return self.answer.content.decode()

    def goes_on(self, do: str = "continue", **fields: str) -> Traveller:
        sent = {"so_far": self.so_far, "step": self.step, "do": do}
        named = {name if name == "so_far" else name.replace("_", "-"): each for name, each in fields.items()}
        self.answer = self.client.post("/check/", sent | named)
        return self

    def travels(self, sender: str = "QM", receiver: str = "FR", way: str = "luggage", why: str = "personal",
                lives: str = "to") -> Traveller:
        return self.goes_on(sender=sender, receiver=receiver, on=soon()).goes_on(way=way, why=why, lives=lives)

    def takes(self, *goods: tuple[str, str, str, str]) -> Traveller:
        """Describe goods (words, candidate, amount, unit) and confirm each."""
        self.goes_on(words="\n".join(words for words, *_ in goods))
        fields = {}
        for at, (_words, which, amount, unit) in enumerate(goods):
            fields |= {f"which_{at}": which, f"amount_{at}": amount, f"unit_{at}": unit}
        return self.goes_on(**fields)

    def tells(self, *years: str, origin: str = "QM", source: str = "unknown") -> Traveller:
        """Answer every page of details, with a year of acquisition for each where there is one."""
        for at in range(20):
            if not self.step.startswith("details"):
                return self
            self.goes_on(origin=origin, source=source, acquired=years[at] if at < len(years) else "")
        raise AssertionError("the details never end")

    def makes_a_note(self) -> Any:
        return self.client.post("/check/note/", {"so_far": self.so_far})


S10 = (("200 g caviar of Acipenser gueldenstaedtii in one tin", CAVIAR, "200", "GRM"),
       ("3 Hippocampus kuda", SEAHORSE, "3", "NAR"), ("one guitar with Dalbergia nigra", GUITAR, "1", "NAR"))

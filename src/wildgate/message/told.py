"""The tables of `docs/guide/messages.md`, from what the code does: a test holds the page to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wildgate.message.d22a import CAPABILITIES
from wildgate.message.draft import d22a
from wildgate.message.envelope import FAULTS
from wildgate.message.states import STATE_CODES

V1_LOST = (("party (the Party whose number it is)", "1", "the authority's country stands for it"),
           ("a private person as such", "3, 4", "not told"), ("second source", "10", "not told"),
           ("marks", "9", "a further Description"), ("place and time of a signature", "13, 14", "only the header's"),
           ("number of the operation as category", "12b", "only as previous document"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def capabilities_table() -> str:
    return table(("profile", "capability", "note"), CAPABILITIES)


def losses_table() -> str:
    """What D22A can say and v2 cannot (W1-10)."""
    return table(("D22A says", "box", "v2"), [(lost["element"], lost["box"], lost["in_v2"]) for lost in d22a().lost])


def older_losses_table() -> str:
    return table(("v2 says", "box", "v1"), V1_LOST)


def states_table() -> str:
    return table(("state", "code", "reads back as", "why not itself"),
                 [(row.state, row.code + (f" with {row.relationship}" if row.relationship else ""), row.back, row.why)
                  for row in STATE_CODES])


def faults_table() -> str:
    return table(("fault string", "our code"), [(words, f"`{code}`") for code, words in FAULTS.items()])


TABLES = (capabilities_table, losses_table, older_losses_table, states_table, faults_table)

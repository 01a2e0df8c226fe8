"""An application of many lines is read back as a table; lines with the same ruling are told it once."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import NOON, SKINS
from tests.desks import page_text

from wildgate.apps.permits import services
from wildgate.apps.permits.line_rows import spans
from wildgate.apps.permits.models import Application

SKIN = SKINS["lines"][0]


def draft(cast: Any, lines: list[dict[str, str]]) -> str:
    case = services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    assert isinstance(case, Application)
    services.save_answers(actor=cast["mario"], case=case.number, answers={**SKINS, "lines": lines}, at=NOON)
    return case.number


def statements(mario: Any, number: str) -> int:
    mario.get(f"/apply/{number}/check/")
    with CaptureQueriesContext(connection) as asked:
        page = mario.get(f"/apply/{number}/check/")
    assert page.status_code == 200
    return len(asked)


def test_lines_with_one_ruling_are_told_it_once_and_each_is_a_row(cast: Any, desk: Any) -> None:
    lines = [SKIN | {"quantity": str(n), "description": f"belly skin {n}"} for n in range(1, 13)]
    lines[4] |= {"taxon": "Panthera tigris"}
    lines[8] |= {"quantity": "19,5 kg abc"}
    number = draft(cast, lines)
    answer = desk("mario").get(f"/apply/{number}/check/")
    page, source = page_text(answer), answer.content.decode()

    assert "Crocodylus novaeguineae Appendix II Lines 1–4, 6–8, 10–12 · listed as" in page
    assert "Panthera tigris Appendix I Line 5 · listed as" in page
    assert page.count("rule E08") == 1
    assert source.count('href="#ruling-1"') == 10
    assert source.count('href="#ruling-2"') == source.count('id="ruling-2"') == 1
    assert "Description: belly skin 12" in page
    assert "19,5 kg abc" in page
    assert f'href="/apply/{number}/line-9/"' in source
    assert "Line 9 is not complete yet" in page
    assert page.index("Line 5 ·") < page.rindex("Art. III.2(d)")


def test_two_hundred_lines_ask_the_database_no_more_than_twenty(cast: Any, desk: Any) -> None:
    few, many = draft(cast, [SKIN] * 20), draft(cast, [SKIN | {"quantity": str(n)} for n in range(1, 201)])

    assert 0 < statements(desk("mario"), many) == statements(desk("mario"), few)
    assert len(desk("mario").get(f"/apply/{many}/check/").content) < 200_000


def test_runs_of_numbers_are_told_as_runs() -> None:
    assert spans([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"
    assert spans([]) == ""

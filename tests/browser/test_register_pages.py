"""The pages of names, quotas, suspensions and imports in a real browser: phone and desk, with and without a script."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.apps.quotas.test_imports import GOOD, HEADING
from tests.apps.species.downloads import PYTHON, checklist
from tests.browser.visits import LOOKS, cookie_of
from tests.cast import issued

from wildgate.kit import jobs
from wildgate.kit.uploads import services as uploads

pytestmark = pytest.mark.browser


@pytest.fixture
def world(kept, people, now, tmp_path):
    """A shared quota, a measure, imports that went well, in part, and that wait; a list of names that was checked."""
    return kept("registers", lambda: _world(people, now, tmp_path))


def _world(people, now, tmp_path):
    from wildgate.apps.quotas import downloads, services
    from wildgate.apps.quotas.models import Quota, SuspensionRow
    from wildgate.apps.species import name_lists

    amina, year = people["amina"], now.year
    new = services.NewQuota("QM", "Crocodylus novaeguineae", Decimal(5000), date(year, 1, 1), date(year, 12, 31))
    quota = services.register(actor=amina, new=new, at=now)
    assert isinstance(quota, Quota)
    services.share(actor=amina, quota=quota.pk, amount=Decimal(100), region="North", at=now)
    issued(people, now)
    measure = SuspensionRow.objects.create(party="QM", country="QZ", taxon="Crocodylia", start=date(year, 1, 1),
                                           effect="ask", way="both", key="one", reference="Notif. 1", note="Some.")

    def hand_in(data: bytes, name: str, judge):
        made = uploads.receive([data], name, judge=judge, largest=10**6, party="QM", by=amina.label, at=now)
        assert isinstance(made, uploads.Upload)
        return made.pk

    names = hand_in(b"Scientific name\nPython regius\nZzz yyy\n", "names.csv", name_lists.judge)
    whole = hand_in(checklist(tmp_path, PYTHON).read_bytes(), "checklist.csv", downloads.kind_of)
    part = hand_in(f"{HEADING}\n{GOOD}\n2,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,\n".encode(),
                   "quotas.csv", downloads.kind_of)
    jobs.run_pending()
    waiting = hand_in(f"{HEADING}\n{GOOD.replace('500', '600')}\n".encode(), "waiting.csv", downloads.kind_of)
    return {"quota": quota.pk, "measure": measure.pk, "names": names, "whole": whole, "part": part,
            "waiting": waiting, "year": year}


PAGES = [
    ("amina", "/species/"),
    ("amina", "/species/?q=crocodile"),
    ("amina", "/species/?q=qqqqzzzz"),
    ("", "/species/taxon/Crocodylus novaeguineae/"),
    ("amina", "/species/taxon/Loxodonta africana/?on=1995-01-01&population=BW"),
    ("amina", "/species/taxon/Python regius/"),
    ("amina", "/species/lists/"),
    ("amina", "/species/lists/{names}/"),
    ("amina", "/quotas/?year={year}"),
    ("amina", "/quotas/{quota}/"),
    ("jean", "/quotas/{quota}/"),
    ("amina", "/quotas/new/?taxon=Python+regius"),
    ("jean", "/suspensions/"),
    ("jean", "/suspensions/{measure}/"),
    ("sam", "/imports/"),
    ("amina", "/imports/{whole}/"),
    ("amina", "/imports/{part}/"),
    ("amina", "/imports/{waiting}/"),
]


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_passes_axe_on_a_desk_and_on_a_phone(tour, world):
    found = []
    for place, (name, template) in enumerate(PAGES):
        tour.visit(name, template.format(**world), LOOKS[place % 2])
        found += tour.wrong(template)

    assert found == []


def test_a_download_is_imported_and_a_quota_set_without_a_script(address, browser, people, world, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie_of(people, "amina", address)])
    page = context.new_page()
    page.goto(f"{address}/imports/")
    page.set_input_files("#id_file", str(checklist(tmp_path, PYTHON, name="again.csv")))
    page.get_by_role("button", name="Import this download").click()
    jobs.run_pending()
    page.get_by_role("link", name="Look again").click()
    assert "Nothing changed" in page.locator("main").inner_text()

    page.goto(f"{address}/quotas/new/")
    page.get_by_label("Species or higher taxon").fill("Loxodonta africna")
    page.get_by_label("Amount a year").fill("12")
    page.get_by_role("button", name="Set the quota").last.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Set the quota").last.click()

    assert "The quota is set." in page.locator("main").inner_text()
    assert "Loxodonta africana" in page.locator("h1").inner_text()
    context.close()

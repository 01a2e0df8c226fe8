"""The officials' pages in a real browser: no WCAG 2.2 AA violation, phone and desk, light, dark, without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.browser.page_checks import Look
from tests.browser.visits import DESK, LOOKS, PHONE, cookie_of
from tests.cast import SKINS, issued, ready, submitted

pytestmark = pytest.mark.browser


@pytest.fixture
def world(kept, people, now):
    """A case in each state that an officer meets; an endorsed, an unused, a cancelled permit; a foreign paper."""
    return kept("officials", lambda: _world(people, now))


def _world(people: Any, now: Any) -> dict[str, Any]:
    from wildgate.apps.customs import services as customs
    from wildgate.apps.permits import services
    from wildgate.apps.permits.models import Application
    from wildgate.site.demo.opinions import let_stand

    amina = people["amina"]
    many = {
        **SKINS,
        "lines": [
            {**SKINS["lines"][0], "marks": "QM-001\nQM-002", "description": "Salted belly skins"},
            {**SKINS["lines"][0], "taxon": "Varanus salvator", "quantity": "30", "source": "W"},
        ],
    }
    new, asked = submitted(people, now - timedelta(days=3), many), submitted(people, now, many)
    services.take(actor=amina, case=asked, at=now)
    reviewed = submitted(people, now, many)
    services.take(actor=amina, case=reviewed, at=now)
    services.ask(actor=amina, case=asked, text="Which tag numbers do the skins carry?", at=now)
    science = submitted(people, now, many)
    services.take(actor=amina, case=science, at=now)
    services.ask_opinion(actor=amina, case=science, at=now)
    waiting = ready(people, now, many)
    used, fresh, dead = issued(people, now), issued(people, now, many), issued(people, now)
    services.cancel(actor=amina, number=dead.number, reason="Issued to the wrong firm.", at=now)
    endorsement = customs.endorse(
        actor=people["jean"],
        number=used.number,
        stage="export",
        quantities={"A": "1150"},
        port="Kivu-2",
        transport_document="020-44556677",
        at=now,
    )
    paper = customs.register_foreign(
        actor=people["jean"],
        country="QZ",
        number="26QZ000007E",
        issued_on=now.date() - timedelta(days=9),
        valid_until=now.date() + timedelta(days=100),
        kind="export-permit",
        exporter_country="QZ",
        importer_country="QM",
        purpose="T",
        lines=[customs.Item("Panthera pardus", "I", "W", "TRO", "2", "NAR", "QZ")],
        at=now,
    )
    appealed = submitted(people, now)
    services.take(actor=amina, case=appealed, at=now)
    services.refuse_case(actor=amina, case=appealed, ground="acquisition", reason="No licence was shown.", at=now)
    services.appeal(actor=people["mario"], case=appealed, text="The licence is enclosed.", at=now)
    batch = services.decide_many(actor=amina, deed="approve", cases=[reviewed, science], at=now)
    let_stand(people, now)
    bark = Application.objects.filter(answers__lines__0__plan="NP-12").order_by("-pk")[0]
    return {
        "bark": bark.number,
        "appealed": appealed,
        "batch": batch.pk,
        "new": new,
        "asked": asked,
        "reviewed": reviewed,
        "science": science,
        "ready": waiting,
        "used": used.number,
        "fresh": fresh.number,
        "cancelled": dead.number,
        "digest": endorsement.digest,
        "issued": used.application.number,
        "paper": f"QZ/26QZ000007E/{paper.issued_on.isoformat()}",
        "year": now.year,
    }


PAGES = [
    ("amina", "/cases/"),
    ("amina", "/cases/?tab=closed"),
    ("amina", "/cases/?q=nothing"),
    ("amina", "/cases/{new}/"),
    ("amina", "/cases/{reviewed}/"),
    ("amina", "/cases/{asked}/"),
    ("bo", "/cases/{issued}/"),
    ("amina", "/cases/{ready}/issue/"),
    ("amina", "/cases/permits/{fresh}/cancel/"),
    ("amina", "/cases/permits/{fresh}/suspend/"),
    ("amina", "/cases/permits/{fresh}/replace/"),
    ("amina", "/cases/?tab=review&whose=mine"),
    ("amina", "/cases/hand-over/"),
    ("amina", "/cases/batches/{batch}/"),
    ("amina", "/cases/{appealed}/"),
    ("bo", "/cases/{appealed}/"),
    ("ito", "/science/"),
    ("ito", "/science/{science}/"),
    ("ito", "/standing/"),
    ("ito", "/standing/give/"),
    ("ito", "/standing/SO-1/"),
    ("ito", "/standing/SO-1/change/"),
    ("ito", "/standing/SO-1/withdraw/"),
    ("ito", "/science/{bark}/"),
    ("amina", "/cases/{bark}/"),
    ("jean", "/border/"),
    ("jean", "/border/?number=26QM999999E"),
    ("jean", "/border/permits/{fresh}/"),
    ("jean", "/border/permits/{used}/"),
    ("jean", "/border/permits/{cancelled}/"),
    ("jean", "/border/endorsements/{digest}/"),
    ("jean", "/border/foreign/new/"),
    ("jean", "/border/foreign/{paper}/"),
    ("amina", "/reports/"),
    ("amina", "/reports/?year={year}&part=imports"),
    ("ana", "/audit/"),
    ("ana", "/audit/permits/{used}/"),
    ("ana", "/figures/"),
    ("ana", "/figures/use/"),
    ("ito", "/figures/advice/"),
    ("ana", "/controls/"),
    ("ana", "/controls/limits/"),
    ("ana", "/samples/"),
    ("jean", "/training/"),
]


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_passes_axe_and_keeps_its_promises(tour, world):
    """By turns on a desk and on a dark phone: what all pages share is seen in both."""
    found = []
    for place, (name, template) in enumerate(PAGES):
        tour.visit(name, template.format(**world), LOOKS[place % 2])
        found += tour.wrong(template)

    assert found == []


def test_a_case_of_the_list_is_ticked_by_the_pointer_and_not_opened_by_it(tour, world):
    """The link of a row is stretched over all of it: what is pressed in the row must lie above."""
    page = tour.visit("amina", "/cases/", DESK)
    page.locator("input[name=case]").first.click()

    assert page.locator("input[name=case]").first.is_checked()
    assert page.url.endswith("/cases/")


def test_refused_steps_are_told_on_top_with_the_focus(tour, world):
    tour.complaints.forgiven = (422,)
    page = tour.visit("amina", f"/cases/{world['reviewed']}/", PHONE)
    page.get_by_text("Refuse with reasons").click()
    page.get_by_label("Reason", exact=True).fill("The parents were taken illegally.")
    page.get_by_role("button", name="See the letter").click()

    assert page.evaluate("document.activeElement.className") == "summary-errors"
    assert tour.wrong_in("case-refused", *LOOKS) == []
    page.get_by_role("link", name="Write the legal basis.").click()
    assert page.evaluate("document.activeElement.id") == "id_basis"


def test_too_much_at_the_border_is_one_sentence_and_the_count_stays(tour, world):
    tour.complaints.forgiven = (422,)
    page = tour.visit("jean", f"/border/permits/{world['fresh']}/", Look(360))
    page.get_by_label("Leaving, line A").fill("1201")
    page.get_by_label("Leaving, line B").fill("30")
    page.get_by_label("Transport document").fill("020-1")
    page.get_by_role("button", name="Endorse this export").click()

    assert tour.wrong_in("border-refused", Look(360), *LOOKS) == []
    assert "1,201 leave but 1,200 are permitted" in page.locator(".summary-errors").inner_text()
    assert page.get_by_label("Leaving, line A").input_value() == "1201"


def test_a_phone_endorses_with_controls_for_thumbs(tour, world):
    page = tour.visit("jean", f"/border/?number={world['fresh']}", Look(360))
    small = page.evaluate("""[...document.querySelectorAll('main .thumb input:not([type=hidden]), main .thumb .button')]
        .filter(each => each.offsetParent && each.getBoundingClientRect().height < 44).length""")
    page.get_by_label("Leaving, line A").fill("1150")
    page.get_by_label("Leaving, line B").fill("0")
    page.get_by_label("Transport document").fill("020-44556677")
    page.get_by_role("button", name="Endorse this export").click()

    assert small == 0
    assert "Export endorsed." in page.locator("h1").inner_text()
    assert page.locator("figure.qr img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    assert tour.wrong_in("border-endorsed", Look(360)) == []


def test_a_broken_and_a_whole_chain_look_right(tour, world):
    tour.visit("ana", "/audit/", DESK)
    tour.page.get_by_role("button", name="Check the whole chain").click()

    assert "every one holds" in tour.page.locator("main").inner_text()
    assert tour.wrong_in("audit-proof", DESK) == []


def test_dr_ito_sees_who_is_hit_before_she_changes_her_word(tour, world):
    page = tour.visit("ito", "/standing/SO-1/change/")
    page.get_by_label("Only from these management plans").fill("NP-20")
    page.get_by_label("Limit", exact=False).first.fill("50")
    page.get_by_label("Why it is changed").fill("Plan NP-12 is worked out.")
    page.get_by_role("button", name="Who is hit?").first.click()

    words = page.locator("main").inner_text()
    assert world["bark"] in words
    assert "12 over the limit of 50" in words
    assert tour.wrong_in("standing-preview", *LOOKS) == []
    page.get_by_role("button", name="Change it").click()
    assert "SO-1 is changed." in page.locator("main").inner_text()


def test_a_case_is_taken_without_a_script(address, browser, people, world):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie_of(people, "amina", address)])
    page = context.new_page()
    page.goto(f"{address}/cases/{world['new']}/")
    page.get_by_role("button", name="Take this case").click()

    assert "The case is yours." in page.locator("main").inner_text()
    context.close()

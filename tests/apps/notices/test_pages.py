"""The pages of notices: whose they are, what they say, what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.notices.offers import SELLER_WORDS, bazaar, drafted, gone_out, looked, offer
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.notices import selectors
from wildgate.apps.notices.models import Notice, Sighting

pytestmark = pytest.mark.django_db
ROOT = "/market/notices/"
TYPED = {"language": "en", "rule_key": "live", "explanation": "It offers a live python.", "national_law": "Act 1, s. 4",
         "notifier": "Management Authority", "notifier_email": "cites@demoland.example"}


def test_looking_is_for_the_market_desk_and_writing_for_fewer(desk, cast, at):
    listing = offer(bazaar(cast, at), at)
    made = drafted(cast, listing, at)

    for name in ("mario", "ito", "jean", "nadia", "ines", "sam"):
        sees, writes = (bool(can(cast[name], action)) for action in (Action.VIEW_MARKET, Action.NOTIFY_PLATFORM))
        for path in ("", "rechecks/", "platforms/", f"{made.number}/", f"{made.number}/text/"):
            assert (desk(name).get(ROOT + path).status_code != NOT_ALLOWED) == sees, (name, path)
        assert (desk(name).get(f"{ROOT}new/{listing.number}/").status_code != NOT_ALLOWED) == writes
        assert (set(selectors.visible_to(cast[name])) == {made}) == sees


def test_a_notice_is_drafted_sent_looked_at_and_answered_in_the_browser(desk, cast, at):
    listing = offer(bazaar(cast, at), at)
    ines, amina = desk("ines"), desk("amina")

    wrong = ines.post(f"{ROOT}new/{listing.number}/", {**TYPED, "explanation": "Ask rosa@mail.example"})
    done = ines.post(f"{ROOT}new/{listing.number}/", TYPED)
    page = done["Location"]
    own = page_text(ines.get(page))
    no_file = ines.get(f"{page}text/")
    no_faith = amina.post(f"{page}send/", {"way": "download"})
    amina.post(f"{page}send/", {"way": "download", "good_faith": "on"})
    ines.post(f"{page}look/", {"found": "gone"})
    amina.post(f"{page}answer/", {"kind": "removed", "reference": "BZ-7"})

    text = page_text(ines.get(page))
    assert no_file.status_code == 404
    assert wrong.status_code == 422 and "names the listing, never the seller" in page_text(wrong)
    assert "another person reads it and sends it" in own
    assert no_faith.status_code == 422 and "Confirm in good faith" in page_text(no_faith)
    assert "Decided by the platform" in text and "BZ-7" in text and "Gone" in text and "Act 1, s. 4" in text
    assert SELLER_WORDS not in text and "Rosa" not in page_text(ines.get(f"{ROOT}new/{listing.number}/"))
    assert "Act 1, s. 4" in ines.get(f"{page}text/").content.decode()
    assert ines.get(f"{page}json/").json()["good_faith"] is True
    assert "attachment" in ines.get(f"{page}json/")["Content-Disposition"]


def test_one_click_at_the_desk_settles_a_recheck(desk, cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at - timedelta(days=2))
    ines = desk("ines")

    before = page_text(ines.get(f"{ROOT}rechecks/"))
    ines.post(f"{ROOT}rechecks/{made.number}/", {"found": "there"})

    assert made.number in before and "1 look is to be made" in before
    assert Sighting.objects.get().found == "there"
    assert made.number not in page_text(ines.get(f"{ROOT}rechecks/")).partition("Upload")[0].partition("Nothing")[2]
    assert "Nothing is to be looked at" in page_text(ines.get(f"{ROOT}rechecks/"))
    assert desk("ana").post(f"{ROOT}rechecks/{made.number}/", {"found": "gone"}).status_code == NOT_ALLOWED


def test_a_list_with_faults_is_answered_by_line(desk, cast, at):
    made = gone_out(cast, offer(bazaar(cast, at), at), at)
    head = "notice,found,seen_at,relisted_as\n"

    def upload(body):
        return desk("ines").post(f"{ROOT}rechecks/list/", {
            "file": SimpleUploadedFile("looks.csv", body, content_type="text/csv")})

    faulty, odd = upload(f"{head}{made.number},eaten,,\n".encode()), upload(b"\xff\xfe\x00")
    good = upload(f"{head}{made.number},there,,\n".encode())

    assert (faulty.status_code, odd.status_code, good.status_code) == (422, 422, 302)
    assert "Line 2:" in page_text(faulty) and "UTF-8" in page_text(odd)
    assert Sighting.objects.count() == 1


def test_a_platforms_page_shows_figures_with_denominators_and_a_chart(desk, cast, at):
    platform = bazaar(cast, at)
    for found in ("gone",) * 4 + ("there",):
        looked(cast, gone_out(cast, offer(platform, at - timedelta(days=2)), at - timedelta(days=2)), found,
               timedelta(days=1))
    ana = desk("ana")

    listed = page_text(ana.get(f"{ROOT}platforms/"))
    answer = ana.get(f"{ROOT}platforms/{platform.pk}/")

    assert "4/5" in listed and "80%" in listed
    assert "<svg" in answer.content.decode() and "Nobody looked at that time" in page_text(answer)
    assert "between 0 hours and 24 hours" in page_text(answer)
    assert ana.get(f"{ROOT}platforms/999999/").status_code == 404


def test_the_list_costs_the_same_however_long_it_is(desk, cast, at, django_assert_max_num_queries):
    ana = desk("ana")
    platform = bazaar(cast, at)
    first = gone_out(cast, offer(platform, at), at)
    for path in ("", "rechecks/", "platforms/"):
        ana.get(ROOT + path)
    facts = {field.name: getattr(first, field.name) for field in Notice._meta.concrete_fields
             if field.name not in ("id", "number")}
    Notice.objects.bulk_create(Notice(number=f"QM-N-2000-{n:04d}", **facts) for n in range(60))

    for path in ("", "rechecks/", "platforms/"):
        with django_assert_max_num_queries(12):
            text = page_text(ana.get(ROOT + path))
    assert "61" in page_text(ana.get(ROOT)) or "QM-N-2000-0059" in page_text(ana.get(ROOT))
    assert "Bazaar" in text

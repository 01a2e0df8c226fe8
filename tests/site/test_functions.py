"""The self-assessment page: each function leads to a screen or says that it is not there, and its state is read."""

from __future__ import annotations

import re

import pytest
from django.urls import resolve, reverse
from tests.desks import markup

from wildgate.apps.partners.models import Partner
from wildgate.site.functions import ELEMENTS

ALL = [each for _key, _name, functions in ELEMENTS for each in functions]
ROW = re.compile(r'<tr><th scope="row" data-label="Function">(?:<a href="(?P<link>[^"]*)">)?'
                 r'(?P<name>[^<]*?)(?:</a>)?(?:<code>(?P<told>[^<]*)</code>)?</th>'
                 r'<td data-label="State"><span class="tag (?P<tone>\w+)">(?P<state>[^<]*)</span></td>'
                 r'<td data-label="How to begin">(?P<how>[^<]*)</td>')


def page(desk, who: str = "bo", plan: str = "") -> str:
    return markup(desk(who).get(f"/help/functions/{plan}").content.decode())


def shown(text: str) -> dict[str, re.Match[str]]:
    return {each["name"]: each for each in ROW.finditer(text)}


def test_the_four_parts_stand_in_their_order():
    assert [key for key, _name, _functions in ELEMENTS] == ["issue", "control", "reporting", "exchange"]
    assert min(len(functions) for _key, _name, functions in ELEMENTS) >= 8


@pytest.mark.parametrize("function", ALL, ids=lambda each: str(each.name))
def test_a_function_leads_to_a_screen_and_says_how_it_is_begun_where_it_may_be_off(function):
    if function.page:
        assert resolve(reverse(function.page)).func.access_rule
    assert bool(function.on) == bool(function.how)
    assert function.page or not function.on


def test_each_listed_function_links_to_a_screen_or_is_not_in_this_release(desk):
    rows = shown(page(desk))

    assert len(rows) == len(ALL)
    assert all(bool(row["link"] or row["told"]) != (row["state"] == "not in this release") for row in rows.values())
    assert {bo.status_code for row in rows.values() if row["link"] for bo in [desk("bo").get(row["link"])]} == {200}
    assert {row["state"] for row in rows.values()} == {"on", "off", "not in this release"}
    assert all(bool(row["how"]) == (row["state"] == "off") for row in rows.values())


def test_exchange_is_on_once_a_partner_is_there_and_off_while_it_is_suspended(desk, cast, at):
    name = "Permits by a live service, both ways"
    assert shown(page(desk))[name]["state"] == "off"

    partner = Partner.objects.create(party="QM", code="QZ", name="Quartzland", tier="live", changed_at=at)
    assert shown(page(desk))[name]["state"] == "on"

    Partner.objects.filter(pk=partner.pk).update(suspended_at=at, suspended_by=cast["amina"].person_id)
    assert shown(page(desk))[name]["state"] == "off"


def test_what_the_operator_left_out_of_the_navigation_is_off(desk, settings):
    settings.ROOMS = frozenset({"border", "verify"})
    rows = shown(page(desk))

    assert rows["Quotas as ledgers"]["state"] == rows["Annual report, from endorsed quantities"]["state"] == "off"
    assert rows["Anyone verifies a permit, without a signal too"]["state"] == "on"
    assert rows["Public statistics as open data"]["state"] == "on"


def test_what_the_profile_closes_is_off_and_leads_nowhere(desk, settings):
    settings.PROFILE = "base"
    row = shown(page(desk))["Permits by a live service, both ways"]

    assert (row["state"], row["link"], row["told"]) == ("off", None, None)
    assert "WILDGATE_PROFILE=full" in row["how"]


def test_the_plan_has_empty_columns_for_who_and_when(desk):
    plan = page(desk, plan="?plan=1")

    assert plan.count('<td data-label="Responsible"></td><td data-label="By when"></td></tr>') == len(ALL)
    assert "Responsible" in plan and "By when" in plan
    assert "Responsible" not in page(desk)


def test_officials_only(desk, client):
    assert desk("mario").get("/help/functions/").status_code == 403
    assert client.get("/help/functions/").status_code == 302

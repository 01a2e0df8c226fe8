"""The bar of ways: few stand side by side, many fold under a name; every entry leads somewhere and stays reachable."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse
from django.utils import translation

from wildgate.apps.accounts.models import Role
from wildgate.site.context import IN_THE_BAR, MENUS, MINE, WAYS, Way, _menus, _ways, shell


def ways(*names: str) -> list[tuple[str, Way]]:
    return [(name, Way(name, f"/{name}/", name == "quotas")) for name in names]


def shape(menus):
    return [(str(menu.label), [way.label for way in menu.ways]) for menu in menus]


def test_few_ways_stand_side_by_side():
    few = ways("trader", "stock", "permits", "verify")

    assert len(few) <= IN_THE_BAR
    assert shape(_menus(few)) == [("", ["trader", "stock", "permits", "verify"])]


def test_many_ways_fold_under_their_names_and_none_is_lost():
    many = ways("cases", "species", "quotas", "permits", "reports", "paper", "registers", "verify")

    menus = _menus(many)

    assert shape(menus) == [("", ["cases"]), ("Permits", ["permits", "paper", "verify"]), ("", ["reports"]),
                            ("Records", ["species", "quotas", "registers"])]
    assert [menu.current for menu in menus] == [False, False, False, True]


def test_every_way_leads_somewhere_and_a_menu_names_each_once():
    named = [name for _label, names in MENUS for name in names]

    assert all(reverse(name) for name, _label, _action in WAYS)
    assert len(named) == len(set(named))
    assert {name for name, _label, _action in WAYS} >= MINE


def test_a_country_that_starts_with_customs_shows_the_border_only(rf, settings, jean):
    settings.ROOMS = frozenset({"border", "verify"})

    assert [name for name, _way in _ways(rf.get("/border/"), jean)] == ["border", "verify"]


def test_the_bar_that_is_kept_is_that_of_the_person_the_page_and_the_language(rf, amina, jean):
    def bar(actor, path="/cases/", language="en"):
        request = rf.get(path)
        request.actor = actor
        with translation.override(language):
            return str(shell(request)["shell"]["bar"])

    assert bar(amina) == bar(amina)
    assert 'href="/border/"' in bar(jean, "/border/")
    assert 'href="/border/"' not in bar(amina)
    assert 'href="/cases/" aria-current="page"' in bar(amina)
    assert 'href="/cases/" aria-current="page"' not in bar(amina, "/permits/")
    assert (">Cases<" in bar(amina), ">Cases<" in bar(amina, language="fr")) == (True, False)
    assert 'href="/cases/"' not in bar(replace(amina, roles=amina.roles - {Role.OFFICER, Role.COUNTERSIGNER}))

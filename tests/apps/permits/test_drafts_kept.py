"""A draft never loses a field: not to a session that ended, to a second window, to junk, nor to a double press."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import SKINS
from tests.desks import BACKEND, markup, page_text

from wildgate.apps.accounts.models import Organisation, Person
from wildgate.apps.permits import forms, kinds, services
from wildgate.apps.permits.answers import LINE_FIELDS
from wildgate.apps.permits.forms.reading import DATES, NUMBERS
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services import Clash
from wildgate.apps.species import figures
from wildgate.convention.refusal import Refusal
from wildgate.convention.signs import without_unseen

FROGS = {"direction": "import", "purpose": "P", "lines": [{"taxon": "Dendrobates tinctorius", "term": "LIV",
                                                           "quantity": "6", "unit": "NAR", "source": "C"}]}


def draft(mario: Any, at: datetime, answers: dict[str, Any] | None = None) -> Application:
    case = services.start(actor=mario, organisation=min(mario.organisations), at=at, answers=answers)
    assert isinstance(case, Application)
    return case


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page.content.decode())
    assert found is not None, name
    return found[1]


def sign_in(client: Client, mario: Any) -> None:
    client.force_login(Person.objects.get(pk=mario.person_id), backend=BACKEND)


def test_an_ended_session_gives_the_typed_text_back_after_sign_in(mario: Any, at: datetime, settings: Any) -> None:
    settings.DEMO = True
    case, client = draft(mario, at, SKINS), Client()
    Person.objects.filter(pk=mario.person_id).update(password=_password("a long enough pass"))
    step = f"/apply/{case.number}/other-party/"
    typed = {"other_country": "FR", "other_name": "Maison Écaille", "other_address": "1 rue du Lac\nLyon",
             "version": forms.print_of("other-party", case.answers), "do": "continue"}

    away = client.post(step, typed)
    assert away["Location"] == f"/accounts/login/?next={step}"
    back = client.post(away["Location"], {"login": Person.objects.get(pk=mario.person_id).email,
                                          "password": "a long enough pass"})
    assert back["Location"] == step
    page = client.get(step)

    assert "You were signed out meanwhile." in page_text(page)
    for text in ("Maison Écaille", "1 rue du Lac\nLyon", '<option value="FR" selected'):
        assert text in page.content.decode()
    assert Application.objects.get(pk=case.pk).answers["other_name"] == SKINS["other_name"]
    assert client.post(step, {**typed, "version": hidden(page, "version")}).status_code == 302
    assert Application.objects.get(pk=case.pk).answers["other_name"] == "Maison Écaille"
    assert "You were signed out" not in page_text(client.get(step))


def _password(text: str) -> str:
    from django.contrib.auth.hashers import make_password

    return make_password(text)


def test_autosave_after_the_session_says_so_and_keeps_the_text(mario: Any, at: datetime) -> None:
    case, client = draft(mario, at, SKINS), Client()

    told = client.post(f"/apply/{case.number}/transport/law/", {"remarks": "By night train"},
                       headers={"HX-Request": "true"})
    sign_in(client, mario)

    assert told.status_code == 200
    assert "What you typed is kept" in told.content.decode()
    assert "By night train" in client.get(f"/apply/{case.number}/transport/").content.decode()


def test_what_waits_is_shown_to_nobody_of_another_firm(cast: Any, mario: Any, at: datetime) -> None:
    case, client = draft(mario, at, SKINS), Client()
    client.post(f"/apply/{case.number}/transport/", {"remarks": "Our secret"})
    other = Organisation.objects.exclude(pk__in=mario.organisations).first()
    Person.objects.get(pk=mario.person_id).posts.update(organisation=other)
    sign_in(client, mario)

    assert client.get(f"/apply/{case.number}/transport/").status_code == 404


def test_an_answer_typed_before_the_session_ended_is_in_its_box(cast: Any, desk: Any, at: datetime) -> None:
    from tests.cast import submitted

    number, client = submitted(cast, at), Client()
    services.take(actor=cast["amina"], case=number, at=at)
    services.ask(actor=cast["amina"], case=number, text="Which farm?", at=at)
    assert client.post(f"/apply/{number}/answer/", {"answer": "Lagoon farm."})["Location"].endswith(f"/apply/{number}/")
    sign_in(client, cast["mario"])

    assert "Lagoon farm.</textarea>" in client.get(f"/apply/{number}/").content.decode()


def test_two_drafts_two_days_later_in_arabic_on_another_machine(mario: Any, at: datetime, desk: Any) -> None:
    shells = {"direction": "export", "purpose": "P", "lines": [{"taxon": "Strombus gigas", "term": "SHE",
                                                                "quantity": "2", "unit": "NAR", "source": "W"}]}
    cases = [draft(mario, at, FROGS), draft(mario, at, shells)]
    desk("mario")
    other = Client()
    sign_in(other, mario)

    home = other.get("/apply/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in home
    shown = (["Dendrobates tinctorius", 'value="6"'], ["Strombus gigas", 'value="2"'])
    for case, words in zip(cases, shown, strict=True):
        assert case.number in home
        page = other.get(f"/apply/{case.number}/line-1/", headers={"Accept-Language": "ar"}).content.decode()
        assert all(word in page for word in words)


@pytest.mark.parametrize(("page", "name", "text"), [
    ("other-party", "other_name", "x" * 500), ("details-1", "description", "😀" * 400),
    ("transport", "remarks", "y" * 3000)])
def test_a_text_that_was_too_long_is_put_right_without_a_clash(mario: Any, at: datetime, desk: Any, page: str,
                                                               name: str, text: str) -> None:
    case, client = draft(mario, at, SKINS), desk("mario")
    step = f"/apply/{case.number}/{page}/"
    before = forms.saved(page, case.answers)
    opened = client.get(step)

    refused = client.post(step, {**before, name: text, "version": hidden(opened, "version"),
                                 "tab": hidden(opened, "tab")})
    assert refused.status_code == 422
    assert text in refused.content.decode()
    mended = client.post(step, {**before, name: "Short", "version": hidden(refused, "version"),
                                "tab": hidden(refused, "tab")})

    assert mended.status_code == 302
    assert forms.saved(page, Application.objects.get(pk=case.pk).answers)[name] == "Short"


def test_the_later_of_two_windows_is_told_and_chooses(mario: Any, at: datetime, desk: Any) -> None:
    case, client = draft(mario, at, SKINS), desk("mario")
    step = f"/apply/{case.number}/other-party/"
    first, second = client.get(step), client.get(step)
    party = {"other_country": "QZ", "other_address": "5 Basalt Street"}
    one = {**party, "other_name": "From the first", "version": hidden(first, "version"), "tab": hidden(first, "tab")}
    two = {**party, "other_name": "From the second", "version": hidden(second, "version"), "tab": hidden(second, "tab")}

    assert client.post(step, one).status_code == 302
    clash = client.post(step, two)

    assert clash.status_code == 409
    assert "From the first" in page_text(clash)
    assert "From the second" in page_text(clash)
    assert Application.objects.get(pk=case.pk).answers["other_name"] == "From the first"
    chosen = {"do": "choose", "version": hidden(clash, "version"), **party, "choose_other_name": "mine",
              "mine_other_name": "From the second", "theirs_other_name": "From the first"}
    assert client.post(step, chosen).status_code == 302
    assert Application.objects.get(pk=case.pk).answers["other_name"] == "From the second"


def test_a_window_clashes_neither_with_its_own_autosave_nor_with_other_pages(mario: Any, at: datetime,
                                                                             desk: Any) -> None:
    case, client = draft(mario, at, SKINS), desk("mario")
    step = f"/apply/{case.number}/transport/"
    page = client.get(step)
    mine = {"version": hidden(page, "version"), "tab": hidden(page, "tab")}
    client.post(f"{step}law/", {"remarks": "By", **mine})
    services.save_answers(actor=mario, case=case.number, answers={"purpose": "Z"}, at=at)

    assert client.post(step, {"remarks": "By night train", **mine}).status_code == 302
    kept = Application.objects.get(pk=case.pk).answers
    assert (kept["remarks"], kept["purpose"]) == ("By night train", "Z")


def test_a_line_removed_in_another_window_is_offered_again(mario: Any, at: datetime, desk: Any) -> None:
    line = SKINS["lines"][0]
    case, client = draft(mario, at, {**SKINS, "lines": [line, {**line, "quantity": "7"}]}), desk("mario")
    page = client.get(f"/apply/{case.number}/line-2/")
    services.save_answers(actor=mario, case=case.number, answers={"lines": [line]}, at=at)

    told = client.post(f"/apply/{case.number}/line-2/", {**line, "quantity": "70", "version": hidden(page, "version")})
    assert told.status_code == 409
    assert "70" in page_text(told)
    client.post(f"/apply/{case.number}/line-2/", {**line, "quantity": "70", "version": hidden(told, "version")})
    assert [each["quantity"] for each in Application.objects.get(pk=case.pk).answers["lines"]] == ["1200", "70"]


def test_two_windows_at_once_lose_neither_line(own_database: str, at_once: Any) -> None:
    from django.utils import timezone

    from wildgate.site.demo.cast import settle

    now = timezone.now()
    mario = settle("QM", "Demoland", now)["mario"]
    line = SKINS["lines"][0]
    case = draft(mario, now, {**SKINS, "lines": [line, line]})

    def save(step: str, amount: str, seen: str = "") -> Any:
        return services.save_page(actor=mario, case=case.number, step=step, typed={**line, "quantity": amount}, at=now,
                                  seen=seen)
    same = forms.print_of("line-1", case.answers)
    apart = at_once(lambda: save("line-1", "5"), lambda: save("line-2", "6"))
    together = at_once(lambda: save("line-1", "8", same), lambda: save("line-1", "9", same))

    assert not [each for each in apart if isinstance(each, Refusal | Clash)]
    assert [type(each) for each in together] == [Clash, Clash]
    assert [each["quantity"] for each in Application.objects.get(pk=case.pk).answers["lines"]] == ["5", "6"]


def test_a_double_press_makes_one_draft(mario: Any, desk: Any) -> None:
    for _ in range(2):
        desk("mario").post("/apply/", {"organisation": min(mario.organisations)})
    assert Application.objects.count() == 1


JUNK = st.one_of(st.text(max_size=40), st.sampled_from([
    "\x00", "🐊" * 9, "-1", "1e999", "٣", "NaN", "<b>", "0" * 300, "9999-99-99", "\u202egnp", "QQ", "I",
    "%(x)s", "{{ 1 }}"]))
STEPS = ("route", "other-party", "line-1", "details-1", "transport")


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(step=st.sampled_from(STEPS), task=st.sampled_from(list(kinds.TASKS)), data=st.data())
def test_junk_in_any_field_never_breaks_a_page_and_stays_on_it(
        cast: Any, desk: Any, at: datetime, step: str, task: str, data: Any) -> None:
    case = draft(cast["mario"], at, {**SKINS, **kinds.chosen(task)})
    page = forms.page(step, case.answers, "QM")
    assert page is not None
    offered = st.sampled_from([*kinds.TASKS, "", "junk", "\x00", "{{ 1 }}"])
    typed = {each.name: data.draw(offered if each.kind == "radio" else JUNK, label=each.name)
             for each in page.inputs if each.kind != "tick"}

    version = forms.print_of(step, case.answers)
    answer = desk("mario").post(f"/apply/{case.number}/{step}/", {**typed, "version": version})

    assert answer.status_code in (302, 422)
    kept = Application.objects.get(pk=case.pk).answers
    values = kept["lines"][0] if page.line is not None else kept
    shown = _values(answer.content.decode()) if answer.status_code == 422 else {}
    for name, text in typed.items():
        clean = without_unseen(text.replace("\x00", "").replace("\r\n", "\n"))
        clean = clean.strip() if name in LINE_FIELDS else clean
        was = {clean, kinds.chosen(clean)["direction"]} if name == "direction" else {clean}
        was |= {figures.number(clean)} if name in NUMBERS else {figures.day(clean)} if name in DATES else set()
        assert not clean.strip() or values.get(name) in was or clean in shown.get(name, ()) or name == "purpose", name


def _values(page: str) -> dict[str, list[str]]:
    """What stands in each control of a page."""
    import html

    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="text" name="(\w+)"[^>]*? value="([^"]*)"', page):
        found.setdefault(name, []).append(html.unescape(value).strip())
    for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL):
        found.setdefault(name, []).extend([html.unescape(value), html.unescape(value).strip()])
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found.setdefault(name, []).extend(
            html.unescape(value).strip() for value in re.findall(r'value="([^"]*)" selected', options))
    return found


@pytest.mark.django_db
def test_the_kept_time_of_what_waits_is_a_day(mario: Any, at: datetime) -> None:
    from wildgate.apps.permits.views import kept

    case, client = draft(mario, at, SKINS), Client()
    client.post(f"/apply/{case.number}/transport/", {"remarks": "Old words"})
    session = client.session
    for each in session[kept.KEPT].values():
        each["at"] = (datetime.fromisoformat(each["at"]) - kept.LASTS - timedelta(minutes=1)).isoformat()
    session.save()
    sign_in(client, mario)

    assert "Old words" not in client.get(f"/apply/{case.number}/transport/").content.decode()


def test_a_ticked_species_stays_ticked_when_the_term_is_chosen(mario: Any, at: datetime, desk: Any) -> None:
    find = f"/apply/{draft(mario, at, SKINS).number}/line-1/species/"
    asked = {"taxon": "new guinea crocodil", "term": "SKI"}
    ticked = {**asked, "searched": asked["taxon"], "pick": "Crocodylus novaeguineae"}

    assert 'value="Crocodylus novaeguineae" checked' in markup(desk("mario").get(find, ticked).content.decode())
    assert "checked" not in desk("mario").get(find, {**ticked, "taxon": "crocodil"}).content.decode()


def test_the_picker_says_why_and_what_the_annotation_means(mario: Any, at: datetime, desk: Any) -> None:
    find = f"/apply/{draft(mario, at, SKINS).number}/line-1/species/"

    def told(**asked: str) -> str:
        return page_text_of(desk("mario").get(find, asked, headers={"Accept-Language": asked.pop("language", "en")}))
    assert "listed with Crocodylia spp." in told(taxon="new guinea crocodile")
    assert "Appendix II" in told(taxon="new guinea crocodile")
    assert "limits what is covered: choose what the specimens are" in told(taxon="Aloe ferox")
    assert "Annotation #4 leaves" in told(taxon="Aloe ferox", term="SEE")
    assert "Annotation #4 covers" in told(taxon="Aloe ferox", term="LIV")
    assert "In no Appendix." in told(taxon="Struthio camelus", origin="ZA")


def page_text_of(answer: Any) -> str:
    """The words of a part of a page."""
    import html

    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())

"""What an administrator does before the first permit: a checklist read from the database and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import OFFICERS, Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Authority, Organisation, Person, Post, Role
from wildgate.apps.houserules.kinds import Holiday, ServiceTime, Tariff
from wildgate.apps.houserules.selectors import values
from wildgate.apps.letters.models import Mail
from wildgate.apps.permits.sealing import key_store
from wildgate.apps.species.models import ImportRun
from wildgate.kit.keybook import Use


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to have done. `url` leads to the page that does it; empty: it is done on the command line.

    No permit can be issued without a `needed` one; the others make a service of it.
    """

    label: Any
    hint: Any
    done: bool
    page: str = ""
    needed: bool = False

    @property
    def url(self) -> str:
        try:
            return reverse(self.page) if self.page else ""
        except NoReverseMatch:
            return ""

    @property
    def tone(self) -> str:
        return "ok" if self.done else "hold"

    @property
    def word(self) -> Any:
        return _("Done") if self.done else _("To do")


@role(Action.VIEW_PEOPLE)
def first_run(request: Request) -> HttpResponse:
    """The checklist, with what is missing in words."""
    found = checks(settings.PARTY, request.at.date())
    return render(request, "first_run.html", {
        "needed": [each for each in found if each.needed], "further": [each for each in found if not each.needed],
        "next": next((each for each in found if not each.done), None), "open": sum(not each.done for each in found)})


def finished(party: str, on: date) -> bool:
    return all(each.done for each in checks(party, on))


def checks(party: str, on: date) -> list[Check]:
    """Everything, in the order in which it is best done."""
    kinds = set(Authority.objects.filter(party=party).values_list("kind", flat=True))
    missing = [kind for kind in (Authority.Kind.MANAGEMENT, Authority.Kind.SCIENTIFIC) if kind not in kinds]
    officials, secured = _officials(party, on)
    posts = _posts(party, on)
    filled, at_border = _posts_filled(posts), any(held == Role.CUSTOMS for held, _person in posts)
    return [
        Check(_("The authorities"), _missing(missing) if missing else _(
            "A Management Authority and a Scientific Authority, with their addresses as the permits will show them."),
              not missing, "authority-add" if missing else "authorities", needed=True),
        Check(_("The keys"), _("wildgate keys create makes them; back up the folder and the secret in two places."),
              {part.use for part in key_store(settings.HOME).parts(party)} >= set(Use), needed=True),
        Check(_("Two officers"), _(
            "One decides, another countersigns: nobody signs alone. The Scientific Authority needs a person of its own."
        ) if filled else _(
            "One decides, another countersigns: nobody signs alone. The Scientific Authority needs a person of its own."
            " Add each person, then give the post on the page that follows. Their links go by mail; without a mail "
            "server they lie in the folder mail of the home."),
              filled, "people" if filled else "person-add", needed=True),
        Check(_("Second factors"), _secured(len(officials) - len(secured), len(officials)),
              bool(officials) and officials == secured, "people", needed=True),
        Check(_("An applicant"), _("Applicants register themselves from the sign-in page; then you or an officer "
                                   "verify the organisation."),
              Organisation.objects.filter(party=party, state=Organisation.State.VERIFIED).exists(), "organisations",
              needed=True),
        Check(_("Customs"), _("An authority of the kind Customs and a customs officer: without one nobody endorses "
                              "permits at the border."), at_border,
              "people" if at_border else "person-add" if Authority.Kind.CUSTOMS in kinds else "authority-add"),
        Check(_("Species and listings"), _("Load your own download of the Checklist of CITES Species, so that names "
                                           "and listings are those of today."),
              ImportRun.objects.filter(party=party).exists(), "imports"),
        Check(_("Holidays"), _("Without this year's holidays promised days and clocks are wrong."),
              any(each.day.year == on.year for each in values(party, Holiday, on=date(on.year, 12, 31))), "house"),
        Check(_("Service times"), _("How many working days you promise, so that applicants know and cases are due."),
              bool(values(party, ServiceTime, on=on)), "house"),
        Check(_("The tariff"), _("What an application costs; enter a tariff of 0 when nothing is asked."),
              bool(values(party, Tariff, on=on)), "house"),
        Check(_("Mail"), _("Name your mail server in WILDGATE_EMAIL_URL; the first letter that arrives proves it."),
              settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and
              Mail.objects.filter(party=party, sent_at__isnull=False).exists(), "undone"),
        Check(_("An address of its own, encrypted"), _("WILDGATE_BASE_URL begins with https:; every permit's code "
                                                       "carries this address."), settings.SECURE),
    ]


def _officials(party: str, on: date) -> tuple[set[int], set[int]]:
    """Everybody with an official post today, and those of them who have a second factor."""
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party).exclude(role=Role.TRADER)
    people = set(posts.values_list("person_id", flat=True))
    secured = Authenticator.objects.filter(user_id__in=people).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return people, set(secured.values_list("user_id", flat=True))


def _secured(missing: int, of: int) -> str:
    if not of:
        return str(_("Nobody has an official post yet."))
    if not missing:
        return str(_("Every official has one."))
    return ngettext("%(missing)d official of %(of)d has none yet.", "%(missing)d officials of %(of)d have none yet.",
                    missing) % {"missing": missing, "of": of}


def _missing(kinds: list[Authority.Kind]) -> str:
    return str(_("Still missing: %(missing)s.")) % {"missing": ", ".join(str(kind.label) for kind in kinds)}


def _posts(party: str, on: date) -> set[tuple[str, int]]:
    """Every role held today, with who holds it."""
    return set(Post.objects.filter(Q(until=None) | Q(until__gte=on), party=party).values_list("role", "person_id"))


def _posts_filled(posts: set[tuple[str, int]]) -> bool:
    officers = {person for held, person in posts if held in {each.value for each in OFFICERS}}
    return len(officers) > 1 and any(held == Role.COUNTERSIGNER for held, _person in posts) and any(
        held == Role.SCIENTIST for held, _person in posts)


def is_empty() -> bool:
    """Nobody can sign in yet."""
    return not Person.objects.exists()

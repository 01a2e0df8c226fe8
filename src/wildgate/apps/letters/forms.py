"""What people choose about being written to, and what an administrator types about other systems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.models import Preference, Webhook
from wildgate.apps.letters.notices import FOR_MACHINES
from wildgate.apps.permits.wording import EVENT_WORDS, word

NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
"""Each language in its own words: who has the page in a wrong one finds theirs."""


WHOSE = _("Whose system is it?")
WHY_WHOSE = _("What the system of an authority takes counts as received by that authority.")


def _languages() -> list[tuple[str, Any]]:
    return [("", _("The one I used last")), *((code, NAMES.get(code, code)) for code, _name in settings.LANGUAGES)]


def _kinds() -> list[tuple[str, Any]]:
    return [(kind, word(EVENT_WORDS, kind)) for kind in FOR_MACHINES]


class PreferenceForm(forms.Form):
    """When and in which language somebody is written to."""

    mail = forms.ChoiceField(label=_("E-mail"), choices=Preference.By.choices, widget=forms.RadioSelect,
                             help_text=_("Every message is in the inbox too, whatever you choose."))
    language = forms.ChoiceField(label=_("Language of e-mails"), choices=_languages, required=False,
                                 widget=forms.RadioSelect)


class KindsForm(forms.Form):
    """Which events go to an address, and whether."""

    active = forms.BooleanField(label=_("Send notices to this address"), required=False)
    side = forms.ChoiceField(label=WHOSE, choices=Webhook.Side.choices, required=False, help_text=WHY_WHOSE)
    kinds = forms.MultipleChoiceField(label=_("Events"), choices=_kinds, required=False,
                                      widget=forms.CheckboxSelectMultiple,
                                      help_text=_("None ticked: all of them."))


class WebhookForm(forms.Form):
    """A new address."""

    url = forms.CharField(label=_("Address"), max_length=300, widget=forms.URLInput(
        attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_("It begins with https:// and is reached from the internet."))
    side = forms.ChoiceField(label=WHOSE, choices=Webhook.Side.choices, required=False, help_text=WHY_WHOSE)
    kinds = forms.MultipleChoiceField(label=_("Events"), choices=_kinds, required=False,
                                      widget=forms.CheckboxSelectMultiple,
                                      help_text=_("None ticked: all of them."))

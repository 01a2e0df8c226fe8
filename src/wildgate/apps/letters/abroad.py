"""What happens in the exchange with other Parties: who is told, in which words. Part of the table of notices."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from wildgate.apps.letters.parts import Notice
from wildgate.apps.letters.parts import Who as W

DEAD = (_("Permit %(number)s: a message to another Party was not delivered"),
        _("Send it again, or give it up and write why."))
SUSPENDED = (_("Exchange with %(number)s is suspended"),
             _("Nothing goes there or comes from there until somebody else takes it up again. The reason stands with "
               "the agreement."))
DIFFERS = _("Permit %(number)s: another Party counted another quantity")

ABROAD: Final[tuple[Notice, ...]] = (
    Notice("exchange-dead", W.OFFICERS, *DEAD),
    Notice("exchange-dead", W.ADMINISTRATORS, *DEAD),
    Notice("exchange-rejected", W.OFFICERS, _("Permit %(number)s: another Party rejected a message"),
           _("Its reasons stand with the message. Send it again, or give it up and write why.")),
    Notice("exchange-quantities-differ", W.OFFICERS, DIFFERS,
           _("Find out why, with the other authority if need be, and close the difference.")),
    Notice("exchange-quantities-differ", W.SUPERVISORS, DIFFERS,
           _("See whether your own count is right. The Management Authority closes the difference.")),
    Notice("partner-certificate-ending", W.ADMINISTRATORS, _("Exchange with %(number)s: look after its certificate"),
           _("It ends soon or has ended. Ask the other authority for the next one: without it nothing passes.")),
    Notice("partner-suspended", W.OFFICERS, *SUSPENDED),
    Notice("partner-suspended", W.ADMINISTRATORS, *SUSPENDED),
)

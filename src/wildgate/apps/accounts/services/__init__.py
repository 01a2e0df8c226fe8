"""Every write about people and organisations, with its event."""

from wildgate.apps.accounts.services.administering import (
    add_account,
    change_authority,
    deactivate,
    end_post,
    give_post,
    new_authority,
    reactivate,
    reset_second_factor,
    reset_sign_in,
)
from wildgate.apps.accounts.services.colleagues import end_colleague, invite, set_manager, take_back_invitation
from wildgate.apps.accounts.services.emergencies import end_emergency, open_emergency, remind, review_emergency
from wildgate.apps.accounts.services.interests import declare_interest, end_interest, record_interest
from wildgate.apps.accounts.services.joining import (
    Registration,
    accept_invitation,
    finish,
    finish_signed_in,
    register,
    register_further,
)
from wildgate.apps.accounts.services.mandates import end_mandate, give_mandate
from wildgate.apps.accounts.services.people import add_authority, add_organisation, add_person, appoint
from wildgate.apps.accounts.services.verifying import accept_organisation, refuse_organisation, set_terms

__all__ = [
    "Registration", "accept_invitation", "accept_organisation", "add_account", "add_authority", "add_organisation",
    "add_person", "appoint", "change_authority", "deactivate", "declare_interest", "end_colleague", "end_emergency",
    "end_interest", "end_mandate", "end_post", "finish", "finish_signed_in", "give_mandate", "give_post", "invite",
    "new_authority", "open_emergency", "reactivate", "record_interest", "refuse_organisation", "register",
    "register_further", "remind", "reset_second_factor", "reset_sign_in", "review_emergency", "set_manager",
    "set_terms", "take_back_invitation",
]

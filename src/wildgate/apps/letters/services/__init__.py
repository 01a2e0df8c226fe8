"""Every write about letters, e-mails and machine notices."""

from wildgate.apps.letters.services.reading import mark_all_read, mark_read, set_preference
from wildgate.apps.letters.services.telling import tell, tell_of
from wildgate.apps.letters.services.undone import begin_again
from wildgate.apps.letters.services.webhooks import change_webhook, register_webhook, remove_webhook, renew_secret

__all__ = ["begin_again", "change_webhook", "mark_all_read", "mark_read", "register_webhook", "remove_webhook",
           "renew_secret", "set_preference", "tell", "tell_of"]

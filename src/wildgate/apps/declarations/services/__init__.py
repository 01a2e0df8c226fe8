"""Every write of declarations. Programs and desks call `take`; jobs call `tell_watchers`."""

from wildgate.apps.declarations.services.messages import Incoming, Taken, finish, keep_refused, take

__all__ = ["Incoming", "Taken", "finish", "keep_refused", "take"]

"""What goes on to another Party: an installation that is a hub says here how. Without one nothing is passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from wildgate.apps.partners.models import Partner
from wildgate.convention.refusal import Refusal
from wildgate.message.soap import Answer, Call

Forward = Callable[[Partner, dict[str, Any], bytes, datetime], HttpResponse]
Ask = Callable[[Partner, Call, datetime], Answer | Refusal]

forward: Forward | None = None
"""Takes a message for another Party."""
ask: Ask | None = None
"""Answers a call that is about another Party's permit."""

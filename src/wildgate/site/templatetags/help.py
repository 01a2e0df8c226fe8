"""Help beside a field: `{% load help %}{% help "source-codes" %}`; an input of an application is a topic itself."""

from __future__ import annotations

from typing import Any

from django import template

from wildgate.site.help_topics import INPUTS, TOPICS

register = template.Library()


@register.inclusion_tag("components/help.html", takes_context=True)
def help(context: template.Context, topic: object) -> dict[str, Any]:  # noqa: A001  (the word that templates use)
    """What the topic means, to be opened beside the field; a page with `no_help` shows none."""
    name = str(topic)
    return {"topic": None if context.get("no_help") else TOPICS.get(INPUTS.get(name, name))}

"""The design system's words for templates: icons, status and Appendix tags, fields, error summaries, bars, full codes.

The living page `site/styleguide.html` shows each with the markup that makes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.reasons import denied, in_words
from wildgate.apps.permits import wording
from wildgate.apps.permits.wording import Word
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import values_in_words

register = template.Library()

STATUS: dict[str, Word] = {
    **wording.STATE_WORDS, **wording.PERMIT_STATE_WORDS, **wording.OUTCOME_WORDS,
    "accept": Word(_("Accept"), "ok"), "hold": Word(_("Hold and ask"), "hold"),
}
TONE_ICON = {"ok": "check", "hold": "alert", "no": "cross", "info": "info", "off": "info"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One symbol of the sprite. Without a `label` it is decoration and hidden from screen readers."""
    href = f"{static('wildgate/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.simple_tag
def status(state: object, word: object = "") -> SafeString:
    """A state as a tag: colour, dot and word. `word` replaces the usual one; an unlisted state is shown as it is."""
    found = STATUS.get(str(state), Word(str(state)))
    return format_html('<span class="tag {}">{}</span>', found.tag, word or found.label)


@register.filter
def tone(state: object) -> str:
    """The tone of a state: ok, hold, no, info or off."""
    return STATUS.get(str(state), Word("")).tag


@register.filter
def state_word(state: object) -> str:
    return str(STATUS.get(str(state), Word(state)).label)


@register.filter
def tone_icon(tone_name: str) -> str:
    return TONE_ICON.get(tone_name, "info")


@register.simple_tag
def appendix(value: object, short: bool = False) -> SafeString:
    """An Appendix by word, colour and border: I red and heavy, II green, III blue and dashed; empty: not listed."""
    text = str(value or "")
    if text not in {"I", "II", "III"}:
        return format_html('<span class="app">{}</span>', gettext("Not listed"))
    if short:
        return format_html('<span class="app {}"><span class="hidden-text">{} </span>{}</span>',
                           text.lower(), gettext("Appendix"), text)
    return format_html('<span class="app {}">{} {}</span>', text.lower(), gettext("Appendix"), text)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, width: str = "", boxed: bool = False, page: bool = False) -> dict[str, Any]:
    """A form field: label, hint, error, control.

    `width`: w-2, w-4, w-8, w-20, full; `page`: its label is the page's question.
    """
    kind = bound.widget_type
    choices = kind in {"radioselect", "checkboxselectmultiple"}
    return {"field": bound, "width": width, "boxed": boxed, "page": page, "choices": choices,
            "tick": kind == "checkbox", "files": kind in {"file", "clearablefile"}}


LABEL_ENDS = ":. \u00a0\u202f"
"""What stands at the end of a label in one language or another, before an error follows it."""
QUESTION = ("?", "؟")


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm | None = None, faults: Iterable[Refusal] | Refusal | None = None) -> dict[str, Any]:
    """What stands in the way, on top of the page, each linked to its field; nothing when all is well."""
    items = [(f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id,
              f"{_before_error(str(bound.label))} {error}")
             for bound in (form or ()) for error in bound.errors]
    items += [("", str(error)) for error in (form.non_field_errors() if form is not None else ())]
    found = (faults,) if isinstance(faults, Refusal) else tuple(faults or ())
    items += [(field_id(fault.field or ""), reason(fault)) for fault in found]
    return {"items": items}


def _before_error(label: str) -> str:
    """The label of a field as an error follows it: with a colon, unless it is a question."""
    told = label.rstrip(LABEL_ENDS)
    return told if told.endswith(QUESTION) else told + gettext(":")


@register.filter
def field_id(path: str) -> str:
    """The id of the control for a fault's field: `lines[0].taxon` is `id_lines-0-taxon`."""
    return "id_" + re.sub(r"\[(\d+)\]\.?", r"-\1-", path).rstrip("-") if path else ""


@register.filter
def reason(refusal: Refusal | Mapping[str, Any]) -> str:
    """A refusal's sentence in the reader's language; of one that was kept (`as_kept`) as well."""
    if isinstance(refusal, Mapping):
        kept = str(refusal.get("template", ""))
        return gettext(kept) % values_in_words(refusal.get("values", {})) if kept else str(refusal.get("reason", ""))
    if not refusal.template:
        return refusal.reason
    if right := denied(refusal):
        return right
    return gettext(refusal.template) % values_in_words(refusal.values)


@register.filter
def why_denied(reason: object) -> str:
    """A right's reason in the reader's language."""
    return in_words(str(reason))


@register.inclusion_tag("components/quota_bar.html")
def quota_bar(total: object, used: object = 0, bound: object = 0, this: object = 0, label: str = "") -> dict[str, Any]:
    """A quota as a bar with its figures: used, bound by permits, this case, free (or over)."""
    whole = Decimal(str(total))
    parts = [("used", Decimal(str(used))), ("bound", Decimal(str(bound))), ("this", Decimal(str(this)))]
    free = whole - sum(value for _name, value in parts)
    scale = max(whole, whole - free) or Decimal(1)
    bars, start = [], Decimal(0)
    for name, value in parts:
        share = value * 1000 / scale
        bars.append({"name": name, "x": int(start), "width": max(int(share), 3) if value else 0})
        start += share
    return {"bars": bars, "total": whole, "used": parts[0][1], "bound": parts[1][1], "this": parts[2][1], "free": free,
            "over": -free if free < 0 else None, "label": label}


@register.filter
def amount(value: object) -> str:
    """A quantity as people write it: grouped thousands, no idle zeros."""
    if value in (None, ""):
        return ""
    number = Decimal(str(value))
    plain = number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()
    if wording.language() == "ar":
        return f"{plain:,f}"  # as on the permit, which is printed in both directions
    return number_format(plain, use_l10n=True, force_grouping=True)


@register.filter
def day(value: date | str | None) -> str:
    """A day in the reader's language: `6 March 2025`. Takes a date, a time or `2025-03-06`."""
    if not value:
        return ""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return date_format(found, wording.day_pattern(), use_l10n=False)


@register.filter
def country_name(code: object) -> str:
    return wording.country_name(str(code or ""))


@register.filter
def term_name(code: object) -> str:
    return wording.term_name(str(code or ""))


@register.filter
def unit_name(code: object) -> str:
    """A unit in words. Plain number (NAR) has no word of its own."""
    return "" if str(code) == "NAR" else wording.unit_name(str(code or ""))


@register.filter
def purpose_name(code: object) -> str:
    return wording.purpose_name(code) if code else ""


@register.filter
def source_name(code: object) -> str:
    return wording.source_name(code) if code else ""


@register.filter
def document_name(kind: object) -> str:
    return str(wording.word(wording.DOCUMENT_WORDS, kind))


@register.filter
def finding_name(kind: object) -> str:
    return str(wording.word(wording.FINDING_WORDS, kind))


"""The officer's first screen: is it real, may it be used here, does it fit the declaration, what to look at in the box.

Four answers in this order, each with its reason. Nothing is decided here that is not decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import Standing
from wildgate.apps.balances.selectors import reservations, standings
from wildgate.apps.customs import fits
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.seal.verdict import Answer

if TYPE_CHECKING:
    from wildgate.apps.customs.selectors import AtBorder
    from wildgate.apps.permits.models import Permit, PermitLine
    from wildgate.message.judgement import Judgement

TONES = {Answer.ACCEPT: "ok", Answer.HOLD: "hold", Answer.REFUSE: "no"}
MANY = 20
"""From so many specimens on, a count by sample is worth more than a look (house value)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One of the four answers: `tone` is ok, hold, no or off; `word` the answer; `said` its reasons."""

    question: str
    tone: str
    word: str
    said: tuple[str, ...]
    url: str = ""


def look(actor: Actor, found: AtBorder, judged: Judgement | None, at: datetime) -> list[Answered]:
    """The four answers for a home permit."""
    permit = found.permit
    return [_real(judged), _usable(found, standings(actor, permit, at)), _fits(actor, permit, at),
            _box(actor, permit, at)]


def _real(judged: Judgement | None) -> Answered:
    question = _("Is it real?")
    if judged is None:
        return Answered(question, "hold", _("Not read"), (_("Looked up by number: the seal was not read. Compare the "
                                                           "paper with what stands here."),))
    verdict = judged.verdict
    reasons = tuple(said(why) for why in verdict.reasons)
    if not verdict.genuine and verdict.answer is Answer.HOLD:
        return Answered(question, "hold", _("Not proven"), reasons)
    if not verdict.genuine:
        return Answered(question, "no", _("No"), reasons)
    return Answered(question, TONES[verdict.answer], _("Yes"), reasons)


def _usable(found: AtBorder, lines: list[Standing]) -> Answered:
    question = _("May it still be used here?")
    if found.refusal is not None:
        return Answered(question, "no", _("No"), (said(found.refusal),))
    if found.crossings or not lines:
        return Answered(question, "ok", _("Yes"), (_("It serves further crossings until its last day."),))
    left = tuple(_("Line %(block)s: %(left)s of %(all)s %(unit)s are left.") % {
        "block": line.block, "left": plain(line.available), "all": plain(line.authorised), "unit": _unit(line.unit)}
        for line in lines[:6])
    held = any(line.reserved for line in lines)
    return Answered(question, "hold" if held and not any(line.available for line in lines) else "ok", _("Yes"), left)


def _unit(code: str) -> str:
    known = tables.unit(code)
    return known.symbol if known and code != "NAR" else _("specimens")


def _fits(actor: Actor, permit: Permit, at: datetime) -> Answered:
    question = _("Does it fit the declaration?")
    found = fits.declarations(actor, permit, at)
    if found:
        worst = next((each for tone in ("no", "hold") for each in found if each.tone == tone), found[0])
        word = {"no": _("No"), "hold": _("Look"), "ok": _("Yes")}.get(worst.tone, "")
        return Answered(question, worst.tone, word, tuple(
            f"{each.reference}: {sentence}" for each in found[:3] for sentence in each.said[:6]), worst.url)
    held = reservations(actor, permit)
    if held:
        return Answered(question, "ok", _("Set aside"), tuple(
            _("Declaration %(reference)s, item %(item)s: %(amount)s are set aside on line %(block)s.") % {
                "reference": claim.reference, "item": claim.item, "amount": plain(claim.reserved),
                "block": claim.balance.permit_line.block} for claim in held[:6]))
    return Answered(question, "off", _("Unknown"), (_("No declaration names this permit: compare it with the papers of "
                                                      "the consignment."),))


def _box(actor: Actor, permit: Permit, at: datetime) -> Answered:
    told = [f"{each.what} {each.why}".strip() for each in fits.places(actor, permit, at)]
    told += [sentence for line in list(permit.lines.all())[:8] for sentence in _line(line)]
    return Answered(_("What to look at in the box?"), "info", _("Look"), tuple(dict.fromkeys(told)))


def _line(line: PermitLine) -> list[str]:
    """What the paper itself says is worth a look."""
    out = []
    name = {"block": line.block, "taxon": line.taxon}
    if line.term == "LIV":
        out.append(_("%(block)s, %(taxon)s: live. Count the dead, look at the container; keep away from venomous "
                     "animals.") % name)
    if line.marks:
        out.append(_("%(block)s: compare the marks, %(marks)s.") % {
            **name, "marks": ", ".join(str(mark) for mark in line.marks[:6])})
    if line.unit == "NAR" and line.quantity >= MANY:
        out.append(_("%(block)s: count a sample and compare it with the packing list.") % name)
    elif line.unit != "NAR":
        out.append(_("%(block)s: weigh or measure it; the permit says %(amount)s %(unit)s.") % {
            **name, "amount": plain(line.quantity), "unit": _unit(line.unit)})
    if not out:
        out.append(_("%(block)s, %(taxon)s: compare what you see with the name and the specimen.") % name)
    return out

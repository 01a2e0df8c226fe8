"""What stands beside the hard fields: for each topic a question, an answer in a few sentences, and where to read "
  "more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that people ask at a field. `anchor` is a section of the guide for `reader`."""

    title: Any
    text: Any
    reader: str
    anchor: str


TOPICS: Final[dict[str, Topic]] = {
    "species": Topic(
        _("Which name?"),
        _("Type the scientific name or a common one; old names and small mistakes are understood. Choose the species, "
          "not the genus, where you know it: a permit for a whole genus is the exception. The tag beside the name is "
          "the Appendix today, with the listing that it rests on."),
        "trader", "apply-for-an-export-permit"),
    "purpose": Topic(
        _("Which purpose?"),
        _("Choose the main reason why the specimens cross the border, as seen by you who apply. T means that somebody "
          "is to gain by it, in cash or in kind. Wild specimens of Appendix I cannot be imported for mainly commercial "
          "purposes, so T ends there in a refusal."),
        "trader", "choose-the-purpose"),
    "term": Topic(
        _("What is a term?"),
        _("The form in which customs will see the goods: live, a skin, a carving, sawn wood. Choose what is packed "
          "now, not what it was or will become. The term decides which units fit."),
        "trader", "write-the-quantity"),
    "quantity": Topic(
        _("How much to write?"),
        _("What leaves in this one consignment: a permit is used once. If less leaves, customs write the smaller "
          "figure and the rest goes back to the quota. More than the permit says is stopped at the border."),
        "trader", "write-the-quantity"),
    "unit": Topic(
        _("Which unit?"),
        _("The unit that fits the term: number for animals and skins, kilograms for meat or caviar, cubic metres for "
          "timber. Weights are net. A re-export keeps the unit of the export permit while the goods are the same."),
        "trader", "write-the-quantity"),
    "source-codes": Topic(
        _("Which source code?"),
        _("W is taken from the wild, R ranched, C bred in captivity from parents bred there, F born in captivity but "
          "short of that, A artificially propagated, D bred or propagated for trade in a registered operation, O "
          "acquired before the Convention, X from the high seas, I confiscated, U unknown. The code decides which "
          "findings the authorities must make. When in doubt, write the code that asks for more and explain it in the "
          "remarks."),
        "trader", "choose-the-source-code"),
    "second-source": Topic(
        _("Why a second code?"),
        _("O and I say only that the specimens are old or were confiscated. The second code says how they came to be, "
          "for example I with W: confiscated, once taken from the wild. Write U when nobody knows."),
        "trader", "choose-the-source-code"),
    "origin": Topic(
        _("Origin or last re-export?"),
        _("The country of origin is where the animal or plant was taken from the wild, bred or grown, however many "
          "borders it has crossed since. The country of last re-export is the one that sent it here, when that is "
          "another. If the origin cannot be found out, choose unknown and say why in the remarks."),
        "trader", "tell-origin-from-last-re-export"),
    "foreign-permit": Topic(
        _("Which number?"),
        _("The number in box 1 of the paper with which the specimens left that country, with its date of issue. It "
          "lets the authority ask the country that issued it. Without it we must be told why it is missing."),
        "trader", "tell-origin-from-last-re-export"),
    "marks": Topic(
        _("Which marks?"),
        _("Every ring, chip, tag or label that tells these specimens from others, one number or range on a line. "
          "Customs compare them one by one with the goods. Crocodile skins need their tags, and live animals of "
          "Appendix I their ring or chip."),
        "trader", "write-down-marks"),
    "pre-convention": Topic(
        _("Which day?"),
        _("The day the specimen left the wild; if that is not known, the earliest day on which you can prove that "
          "somebody had it. It must lie before the species was first listed, in any Appendix. Young born later are not "
          "pre-Convention, whatever their parents are."),
        "trader", "apply-for-something-old"),
    "harvest": Topic(
        _("Why region and plan?"),
        _("The Scientific Authority's opinion and some quotas hold for one region or one management plan only. With "
          "the right number the finding may already be made, and your application need not wait for it. Leave it empty "
          "when there is no plan."),
        "trader", "choose-the-source-code"),
    "operation": Topic(
        _("Which operation?"),
        _("The number under which the breeding operation or nursery is registered, not your own licence. Source D is "
          "only for operations in the register, with the species in question. Name it even when you bought from it."),
        "trader", "choose-the-source-code"),
    "findings": Topic(
        _("What is a finding?"),
        _("What the Convention makes an authority satisfied of before a permit is issued, such as lawful acquisition. "
          "Each says which authority makes it: only the Scientific Authority finds that trade is not detrimental. "
          "Write what it rests on: an auditor reads it years later."),
        "officer", "make-the-findings"),
    "override": Topic(
        _("When to pass over a point?"),
        _("A point of the checklist that is not in order can be passed over where the law leaves the authority a "
          "choice, never against a refusal of the law. Your reason is kept with your name, and the countersigner sees "
          "it. Auditors can list every one."),
        "officer", "override-a-check"),
    "retrospective": Topic(
        _("When is a permit retrospective?"),
        _("When the goods left before it was issued. Only where the applicant is not to blame, or for personal effects "
          "after a genuine mistake, never for Appendix I, and only when the authority of the other country agrees. The "
          "permit says that it is retrospective, and why."),
        "officer", "issue-in-retrospect"),
    "border-answers": Topic(
        _("What does the answer mean?"),
        _("Genuine says that the authority sealed it; valid that it may still be used. Hold means that nothing is "
          "proven either way: do what the sentence says, then look again. No answer proves anything about the goods: "
          "count and compare them."),
        "customs", "understand-the-answer"),
}
INPUTS: Final[dict[str, str]] = {
    "taxon": "species", "purpose": "purpose", "term": "term", "quantity": "quantity", "unit": "unit",
    "source": "source-codes", "second_source": "second-source", "origin": "origin", "last_country": "origin",
    "origin_permit": "foreign-permit", "last_permit": "foreign-permit", "marks": "marks", "acquired": "pre-convention",
    "plan": "harvest", "operation": "operation",
}
"""Inputs of the application form by name, with their topic."""

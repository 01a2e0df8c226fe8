"""Facts about the permits that an item names: our own from the register, foreign ones as they were presented here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Max, Sum

from wildgate.apps.balances.finding import squeeze
from wildgate.apps.balances.models import Balance, Claim
from wildgate.apps.customs.models import EndorsementLine, ForeignLine, ForeignPermit, Rejection
from wildgate.apps.permits.models import Permit, PermitLine
from wildgate.apps.risk.facts.batch import IMPORT, RE_EXPORT, Batch, Facts, as_kept, number_of
from wildgate.apps.risk.models import Seen
from wildgate.convention.quantity import convert
from wildgate.targeting.comparison import LineFacts, PermitFacts, Severity, compare, line_for
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

NOT_AS_ISSUED = (Rejection.Reason.FORGED, Rejection.Reason.ALTERED)
NOTHING = Decimal(0)


class Papers:
    """The groups `permit` and `reexport`."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        numbers = {number_of(ref.number) for ref in batch.refs()}
        spelled = numbers | {as_kept(ref.number) for ref in batch.refs()}
        printed = spelled | {ref.number.strip() for ref in batch.refs()}
        self.home = self._home(printed | {number.removeprefix(batch.party) for number in numbers})
        self.foreign = self._foreign(printed)
        self.uses = self._uses(spelled)
        self.rejected, self.altered = self._rejections(numbers)
        self.went_out = self._went_out(spelled)

    def of(self, said: Consignment, item: Item) -> Facts:
        papers = [(ref, found) for ref in item.permits if (found := self._found(ref, said)) is not None]
        facts: Facts = {
            "permit.known": self._known(item, len(papers)) if item.permits else None,
            "permit.seen_before": self._seen(said, item) if item.permits else None,
            "permit.rejected": any(self._was_rejected(ref) for ref in item.permits) if item.permits else None,
            "permit.altered": self._was_altered(item), "permit.endorsed": self._endorsed(said, item),
            **self._again(said, item)}
        if papers:
            facts |= self._said_by(said, item, papers)
        return facts

    def _found(self, ref: PermitRef, said: Consignment | None = None) -> PermitFacts | None:
        """The paper; for a declaration with what it has set aside on it itself."""
        if number := self._ours(ref):
            own = self.own.get((number, said.reference), {}) if said else {}
            return with_own(self.home[number], own) if own else self.home[number]
        found = self.foreign.get(number_of(ref.number))
        return found if found and ref.country in ("", found.country) else None

    def _ours(self, ref: PermitRef) -> str:
        """The number of the permit of ours that is meant, with our country before it or without; empty for none."""
        if ref.country not in ("", self.batch.party):
            return ""
        number = number_of(ref.number)
        return next((each for each in (number, number.removeprefix(self.batch.party)) if each in self.home), "")

    def _known(self, item: Item, found: int) -> bool | None:
        """Another Party's register is not ours to know: a paper of it that was never presented here stays unknown."""
        if found == len(item.permits):
            return True
        ours = [ref for ref in item.permits if ref.role != "foreign" and ref.country in ("", self.batch.party)]
        return False if any(self._found(ref) is None for ref in ours) else None

    def _said_by(self, said: Consignment, item: Item, papers: list[tuple[PermitRef, PermitFacts]]) -> Facts:
        differences = {each.where for _, found in papers
                       for each in compare(item, said, found, place=self.batch.law.resolve)
                       if each.severity is not Severity.NOTE}
        shares = [share for _, found in papers if (share := self._share(item, found)) is not None]
        lodged = said.lodged_at.date()
        states = [found.state for _, found in papers]
        sources = {line.source for _, found in papers if (line := line_for(item, found)) and line.source}
        return {
            "permit.state": next((state for state in states if state not in ("valid", "issued")), states[0]),
            "permit.expired": any(found.valid_until < lodged for _, found in papers),
            "permit.validity": max(months(found.issued_on, found.valid_until) for _, found in papers),
            "permit.retrospective": any(found.issued_on > lodged or found.retrospective for _, found in papers),
            "permit.differs": frozenset(differences), "permit.share": max(shares, default=None),
            "source.codes_differ": len(sources) > 1 if len(papers) > 1 else None}

    def _share(self, item: Item, found: PermitFacts) -> Decimal | None:
        line = line_for(item, found, place=self.batch.law.resolve)
        if line is None or item.quantity is None:
            return None
        asked = item.quantity if item.unit == line.unit else convert(item.quantity, item.unit, line.unit)
        if not isinstance(asked, Decimal):
            return None
        return asked / line.remaining if line.remaining > 0 else Decimal(9)

    def _seen(self, said: Consignment, item: Item) -> bool:
        """Was a number presented before? Of a permit of ours the ledger counts what is left: it may come in parts."""
        return any(self.uses.get(number_of(ref.number), frozenset()) - {said.reference} for ref in item.permits
                   if not self._left(ref, said))

    def _left(self, ref: PermitRef, said: Consignment) -> bool:
        found = self._found(ref, said) if self._ours(ref) else None
        return found is not None and any(line.remaining > 0 for line in found.lines)

    def _was_rejected(self, ref: PermitRef) -> bool:
        return _names(ref, self.rejected)

    def _was_altered(self, item: Item) -> bool | None:
        """Did somebody at a post see that the print or the seal is not what its authority issued? Else nobody knows."""
        return True if any(_names(ref, self.altered) for ref in item.permits) else None

    def _endorsed(self, said: Consignment, item: Item) -> bool | None:
        """At import: does the paper carry the exporting customs' endorsement? Known only of papers presented here."""
        if said.direction != IMPORT:
            return None
        known = [self.endorsed[number] for ref in item.permits if (number := number_of(ref.number)) in self.endorsed]
        return all(known) if known else None

    def _again(self, said: Consignment, item: Item) -> Facts:
        if said.direction != RE_EXPORT:
            return {}
        behind = [number_of(ref.number) for ref in item.permits if number_of(ref.number) in self.foreign]
        came = sum((self.came_in.get(number, NOTHING) for number in behind), NOTHING)
        out = sum((self.went_out.get(number, NOTHING) for number in behind), NOTHING) + (item.quantity or NOTHING)
        return {"reexport.traceable": bool(behind) if item.permits else None,
                "reexport.share": out / came if came else None}

    def _home(self, numbers: set[str]) -> dict[str, PermitFacts]:
        permits = list(Permit.objects.filter(party=self.batch.party, number__in=numbers)
                       .select_related("status", "organisation")) if numbers else []
        lines: dict[int, list[LineFacts]] = defaultdict(list)
        free = self._free(permits)
        for row in PermitLine.objects.filter(permit__in=permits) if permits else ():
            lines[row.permit_id].append(LineFacts(
                row.block, row.taxon, row.term, row.quantity, row.unit, free.get(row.pk, row.quantity),
                source=row.source, second_source=row.second_source, origin=row.origin))
        return {number_of(row.number): PermitFacts(
            row.number, row.party, row.kind, row.issued_at.date(), row.valid_until, row.status.state,
            tuple(lines[row.pk]), row.purpose,
            exporter=_holder(row, row.exporter_country), importer=_holder(row, row.importer_country))
            for row in permits}

    def _free(self, permits: list[Permit]) -> dict[int, Decimal]:
        """What the ledger has free on each line: neither written off nor set aside. What the declarations of the batch
        hold themselves is kept beside it."""
        self.own: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
        rows = list(Balance.objects.filter(permit_line__permit__in=permits)) if permits else []
        claims = Claim.objects.filter(
            balance__in=rows, reference__in=[said.reference for said in self.batch.consignments]).values_list(
            "balance__permit_line__permit__number", "reference", "balance__permit_line__block", "reserved",
            "consumed") if rows else ()
        for number, reference, block, reserved, consumed in claims:
            held = self.own[number_of(number), reference]
            held[block] = held.get(block, NOTHING) + reserved + consumed
        return {row.permit_line_id: max(row.sums.free, NOTHING) for row in rows}

    def _rejections(self, numbers: set[str]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
        """Papers that were rejected, and those of them that are forged or altered, unless an authority took it back."""
        bare = {squeeze(number) for number in numbers} - {""}
        rows = list(Rejection.objects.filter(party=self.batch.party, squeezed__in=bare, lifted_at=None)
                    .values_list("squeezed", "country", "reason")) if bare else []
        return ({(number, country) for number, country, _ in rows},
                {(number, country) for number, country, reason in rows if reason in NOT_AS_ISSUED})

    def _foreign(self, numbers: set[str]) -> dict[str, PermitFacts]:
        rows = list(ForeignPermit.objects.filter(party=self.batch.party, number__in=numbers)) if numbers else []
        lines: dict[int, list[LineFacts]] = defaultdict(list)
        for line in ForeignLine.objects.filter(foreign__in=rows) if rows else ():
            lines[line.foreign_id].append(LineFacts(line.block, line.taxon, line.term, line.quantity, line.unit,
                                                    source=line.source, origin=line.origin))
        self.endorsed = {number_of(row.number): bool(row.endorsement_digest) for row in rows}
        came = (EndorsementLine.objects.filter(foreign_line__foreign__in=rows)
                .values_list("foreign_line__foreign__number").annotate(n=Sum("quantity"))) if rows else ()
        self.came_in = {number_of(number): quantity for number, quantity in came}
        return {number_of(row.number): PermitFacts(
            row.number, row.country, row.kind, row.issued_on, row.valid_until, lines=tuple(lines[row.pk]),
            purpose=row.purpose) for row in rows}

    def _uses(self, numbers: set[str]) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        rows = (Seen.objects.filter(party=self.batch.party, permit__in=numbers)
                .values_list("permit", "assessment__reference").distinct()) if numbers else ()
        for permit, reference in rows:
            found[number_of(permit)].add(reference)
        return {permit: frozenset(references) for permit, references in found.items()}

    def _went_out(self, numbers: set[str]) -> dict[str, Decimal]:
        rows = (Seen.objects.filter(party=self.batch.party, permit__in=numbers, direction=RE_EXPORT, newest=True)
                .values_list("permit").annotate(n=Sum("quantity"), last=Max("at"))) if numbers else ()
        out: dict[str, Decimal] = defaultdict(Decimal)
        for permit, total, _ in rows:
            out[number_of(permit)] += total or NOTHING
        return out


def with_own(found: PermitFacts, own: Mapping[str, Decimal]) -> PermitFacts:
    """The paper as it stands for a declaration that holds some of it."""
    return replace(found, lines=tuple(
        replace(line, left=line.remaining + own[line.block]) if line.block in own else line for line in found.lines))


def _names(ref: PermitRef, papers: set[tuple[str, str]]) -> bool:
    """Is the paper that was declared among these, given as squeezed number and country?"""
    number = squeeze(ref.number)
    return any(number == said and ref.country in ("", country) for said, country in papers)


def _holder(row: Permit, country: str) -> Trader:
    """The holder, where this is the side on which it stands."""
    return Trader(row.organisation.name, country) if country == row.party else Trader()


def months(first: date, last: date) -> int:
    """Whole and begun months from one day to another."""
    whole = (last.year - first.year) * 12 + last.month - first.month
    return whole + (last.day >= first.day)


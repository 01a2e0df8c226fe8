"""One permit's whole life, told step by step: what `make demo` shows and writes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from wildgate.apps.accounts.access import Actor
from wildgate.apps.customs import selectors as border
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits import documents, services
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.sealing import refresh
from wildgate.apps.permits.verification import verify
from wildgate.apps.quotas import services as quotas
from wildgate.apps.quotas.models import Quota
from wildgate.apps.quotas.selectors import standing as quota_figures
from wildgate.apps.reports import illegal
from wildgate.apps.reports.selectors import rows
from wildgate.apps.species.registry import law_of
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.convention.reporting import Part, rows_to_csv
from wildgate.kit import events, jobs
from wildgate.kit.national import ruled
from wildgate.message.judgement import Judgement
from wildgate.message.qr import write_png
from wildgate.seal.text import from_text, to_digits
from wildgate.seal.verdict import Role, Verdict
from wildgate.site.demo.cast import settle
from wildgate.site.demo.house import pay_fee, settle_house

SKINS: dict[str, Any] = {
    "direction": "export", "purpose": "T", "other_country": "QZ", "other_name": "Quartz Leather Co",
    "other_address": "5 Basalt Street, Quartz City, Quartzland",
    "lines": [
        {"taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "1200", "unit": "NAR", "source": "C",
         "origin": "QM", "description": "salted skins", "marks": "QM-2026-NOV-000001 to 001200"},
        {"taxon": "Varanus salvator", "term": "SKI", "quantity": "30", "unit": "NAR", "source": "W", "origin": "QM",
         "description": "crust skins"},
    ],
}
APE = {**SKINS, "lines": [{"taxon": "Gorilla gorilla", "term": "LIV", "quantity": "1", "unit": "NAR", "source": "W",
                           "origin": "QM", "live": "yes"}]}
FROGS = [customs.Item(taxon="Dendrobates tinctorius", appendix="II", source="C", term="LIV", quantity="6", unit="NAR",
                      origin="QZ")]
T = TypeVar("T")


class StoryFailed(Exception):
    """A step did not end as it must; the text says which and how."""


class Story:
    """Tells the demo in a settled or empty home and writes what it made to `out`."""

    def __init__(self, out: Path, say: Callable[[str], None]) -> None:
        self.out, self.say = out, say
        self.steps: list[dict[str, Any]] = []
        self.began = time.perf_counter()

    def tell(self, at: datetime) -> dict[str, Any]:
        """All of it; the summary that is also written to `summary.json`."""
        self.out.mkdir(parents=True, exist_ok=True)
        self.cast = settle(settings.PARTY, "Demoland", at)
        settle_house(self.cast, at - timedelta(days=14))
        self.refused_by_law(at)
        self.quota_set(at)
        case = self.applied_for(at)
        self.decided(case, at)
        permit = self.issued(case, at)
        self.verified(permit, at)
        endorsement = self.endorsed(permit, at)
        self.imported(at)
        self.reported(at)
        return self.summed_up(permit, endorsement, at)

    def refused_by_law(self, at: datetime) -> None:
        draft = self.draft(APE, at)
        refusal = self.expect(tuple, services.submit(actor=self.who("mario"), case=draft.number, at=at))[0]
        self.done("A live wild gorilla for trade: refused", f"{refusal.reason} ({'; '.join(refusal.basis)})",
                  code=refusal.code)
        self.expect(Application, services.withdraw(actor=self.who("mario"), case=draft.number, at=at))

    def quota_set(self, at: datetime) -> None:
        year = at.year
        new = quotas.NewQuota(
            country=settings.PARTY, taxon="Varanus salvator", amount=Decimal(500), start=date(year, 1, 1),
            end=date(year, 12, 31), terms=("SKI",), sources=("W",))
        self.expect(Quota, quotas.register(actor=self.who("amina"), new=new, at=at))
        self.done("Amina sets an export quota", f"500 wild Varanus salvator skins in {year}; no permit can exceed it")

    def applied_for(self, at: datetime) -> str:
        draft = self.draft(SKINS, at)
        ruling = ruled(self.trade_of(draft, at), draft.law)
        self.done("Mario asks what the law needs",
                  ", ".join(f"{line.accepted} App. {line.appendix} rule {line.rule}" for line in ruling.lines),
                  decision=ruling.decision.value,
                  documents=sorted({document.kind.value for document in ruling.documents}))
        application = self.expect(Application, services.submit(actor=self.who("mario"), case=draft.number, at=at))
        self.done("Mario hands the application in", application.number, application=application.number)
        if bill := pay_fee(self.cast, application.number, at):
            self.done("Mario pays at the cash desk", bill)
        return application.number

    def decided(self, case: str, at: datetime) -> None:
        amina, bo, ito, mario = (self.who(name) for name in ("amina", "bo", "ito", "mario"))
        self.expect(Application, services.take(actor=amina, case=case, at=at))
        self.expect(Application, services.ask(actor=amina, case=case, text="Which tags do the skins carry?", at=at))
        self.expect(Application, services.answer(actor=mario, case=case, text="QM-2026-NOV-000001 to 001200.", at=at))
        self.expect(Application, services.ask_opinion(actor=amina, case=case, at=at))
        self.expect(Application, services.give_opinion(actor=ito, case=case, positive=True, at=at,
                                                       text="The harvest of Varanus salvator is far below its growth."))
        self.done("Dr Ito finds: not detrimental", "Article IV.2(a)")
        for finding in Application.objects.get(number=case).findings.exclude(by="scientific-authority"):
            services.record_finding(actor=amina, case=case, kind=finding.kind, made=True,
                                    text="Licence and stock book seen.", at=at)
        self.expect(Application, services.approve(actor=amina, case=case, at=at))
        alone = self.expect(Refusal, services.countersign(actor=amina, case=case, at=at))
        self.done("Amina approves; a second officer must agree", alone.reason)
        self.expect(Application, services.countersign(actor=bo, case=case, at=at))
        self.done("Bo countersigns", "two pairs of eyes")

    def issued(self, case: str, at: datetime) -> Permit:
        permit = self.expect(Permit, services.issue(actor=self.who("amina"), case=case, at=at))
        jobs.run_pending()
        for form in documents.FORMS:
            (self.out / f"permit.{form}").write_bytes(documents.read(permit, form))
        self.done("Permit issued and sealed", f"{permit.number}, valid until {permit.valid_until}",
                  permit=permit.number, digest=permit.digest)
        return permit

    def verified(self, permit: Permit, at: datetime) -> None:
        for form in documents.FORMS:
            verdict = self.verdict((self.out / f"permit.{form}").read_bytes(), f"permit.{form}", "export", at)
            if not (verdict.genuine and verdict.answer.value == "accept"):
                raise StoryFailed(f"permit.{form} is not accepted: {verdict.as_json()}")
        self.done("Verified from PNG, PDF, XML and text", "genuine, valid, accept")
        digits = to_digits(permit.seals[0])
        middle = len(digits) // 2
        forged = digits[:middle] + str((int(digits[middle]) + 1) % 10) + digits[middle + 1:]
        verdict = self.verdict(forged.encode(), "forged.txt", "export", at)
        if verdict.genuine or isinstance(from_text(digits), Refusal):
            raise StoryFailed("a forged digit was not noticed")
        self.done("One digit of the code changed: refused", verdict.reasons[0].reason, code=verdict.reasons[0].code)

    def endorsed(self, permit: Permit, at: datetime) -> Endorsement:
        def endorse(skins: str, lizards: str) -> Endorsement | Refusal:
            return customs.endorse(actor=self.who("jean"), number=permit.number, stage="export", port="QMKV2", at=at,
                                   transport_document="020-44556677", quantities={"A": skins, "B": lizards})

        more = self.expect(Refusal, endorse("1250", "30"))
        self.done("1,250 skins at the border: refused", more.reason, code=more.code)
        found = self.expect(Endorsement, endorse("1150", "30"))
        (self.out / "endorsement.png").write_bytes(write_png(border.label_text(found)))
        self.done("Jean endorses what really leaves", "1,150 of 1,200 and 30 of 30 skins")
        standing, = quota_figures(Quota.objects.filter(party=settings.PARTY))
        if standing.balance is None or standing.balance.used != 30:
            raise StoryFailed(f"the quota's ledger says {standing.balance}")
        self.done("The quota's ledger follows", f"30 used, {plain(standing.balance.free)} free of 500")
        again = self.expect(Refusal, endorse("50", "0"))
        self.done("The same permit a second time: refused", again.reason, code=again.code)
        jobs.run_pending()
        verdict = self.verdict((self.out / "permit.png").read_bytes(), "permit.png", "public", at)
        if verdict.state != "exported":
            raise StoryFailed(f"the public page still says {verdict.state}")
        self.done("Everybody can see it was used", f"state {verdict.state}", state=verdict.state)
        return found

    def imported(self, at: datetime) -> None:
        jean, today = self.who("jean"), at.date()
        paper = customs.register_foreign(
            actor=jean, country="QZ", number="26QZ000107E", issued_on=today - timedelta(days=20),
            valid_until=today + timedelta(days=150), kind="export-permit", exporter_country="QZ",
            importer_country=settings.PARTY, purpose="P", lines=FROGS, at=at)
        if isinstance(paper, Refusal):
            raise StoryFailed(paper.reason)
        self.expect(Endorsement, customs.endorse_import(
            actor=jean, foreign=("QZ", paper.number, paper.issued_on), import_permit=None, quantities={"A": "6"},
            port="QMKV2", transport_document="020-99887766", at=at))
        self.done("An import is endorsed", "6 live Dendrobates tinctorius on Quartzland's permit 26QZ000107E")

    def reported(self, at: datetime) -> None:
        for part in Part:
            text = rows_to_csv(list(rows(settings.PARTY, at.year, part)), part)
            (self.out / f"annual-report-{part.value}.csv").write_text(text, newline="")
        (self.out / "illegal-trade-report.csv").write_text(
            illegal.to_csv(illegal.rows(settings.PARTY, at.year)), newline="")
        self.done("The annual report", f"{at.year}: exports and imports from endorsed quantities")

    def summed_up(self, permit: Permit, endorsement: Endorsement, at: datetime) -> dict[str, Any]:
        refresh(at)
        broken = events.verify(settings.PARTY)
        if broken:
            raise StoryFailed(f"the event chain breaks at {broken.seq}: {broken.reason}")
        self.done("The event chain holds", f"{events.count(settings.PARTY)} events")
        summary = {"permit": permit.number, "digest": permit.digest, "endorsement": endorsement.digest,
                   "law": law_of(settings.PARTY).date, "home": str(settings.HOME),
                   "seconds": round(time.perf_counter() - self.began, 2), "steps": self.steps}
        (self.out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
        return summary

    def who(self, name: str) -> Actor:
        return self.cast[name]

    def draft(self, answers: dict[str, Any], at: datetime) -> Application:
        mario = self.who("mario")
        draft = self.expect(Application, services.start(actor=mario, organisation=min(mario.organisations), at=at))
        return self.expect(Application, services.save_answers(actor=mario, case=draft.number, answers=answers, at=at))

    def trade_of(self, draft: Application, at: datetime) -> Any:
        from wildgate.apps.permits.answers import trade_of
        return trade_of(draft.answers, home=settings.PARTY, on=at.date(), law=draft.law)

    def done(self, what: str, how: str, **facts: object) -> None:
        self.steps.append({"step": what, "outcome": how, **facts})
        self.say(f"{len(self.steps):2}. {what}: {how}")

    def verdict(self, data: bytes, name: str, role: str, at: datetime) -> Verdict:
        return self.expect(Judgement, verify(data, name, Role(role), at, home=settings.HOME)).verdict

    def expect(self, kind: type[T], outcome: object) -> T:
        """The outcome when it is of the kind the story needs; the story fails otherwise."""
        if not isinstance(outcome, kind):
            raise StoryFailed(f"expected {kind.__name__}, got {outcome}")
        return outcome



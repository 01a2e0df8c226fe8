"""Addresses of the trader's desk, of permits, and of the public page that verifies them."""

from __future__ import annotations

from django.urls import path, register_converter

from wildgate.apps.permits.views import (
    afterwards,
    attachments,
    browser,
    checking,
    drafting,
    eu_print,
    parcel,
    permits,
    trader,
    uploading,
    verify,
)


class Number:
    """The number of an application or permit: letters, digits and hyphens."""

    regex = "[A-Za-z0-9-]{1,30}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Number, "number")

urlpatterns = [
    path("apply/", trader.home, name="trader"),
    path("apply/balances/", trader.balances, name="balances"),
    path("apply/lines-template.<str:ending>", uploading.template, name="lines-template"),
    path("apply/<number:number>/", trader.application, name="application"),
    path("apply/<number:number>/check/", checking.check, name="application-check"),
    path("apply/<number:number>/submitted/", checking.submitted, name="application-submitted"),
    path("apply/<number:number>/answer/", trader.answer, name="application-answer"),
    path("apply/<number:number>/withdraw/", trader.withdraw, name="application-withdraw"),
    path("apply/<number:number>/copy/", afterwards.copy, name="application-copy"),
    path("apply/<number:number>/appeal/", afterwards.appeal, name="application-appeal"),
    path("apply/<number:number>/documents/", attachments.documents, name="application-documents"),
    path("apply/<number:number>/documents/<int:key>/remove/", attachments.remove, name="application-remove-document"),
    path("apply/<number:number>/lines/upload/", uploading.upload, name="application-upload"),
    path("apply/<number:number>/lines/faults/<int:key>/", uploading.with_faults, name="application-faults"),
    path("apply/<number:number>/lines/add/", drafting.add_line, name="application-add-line"),
    path("apply/<number:number>/lines/<int:line>/remove/", drafting.remove_line, name="application-remove-line"),
    path("apply/<number:number>/<slug:step>/", drafting.step, name="application-step"),
    path("apply/<number:number>/<slug:step>/law/", drafting.panel, name="application-panel"),
    path("apply/<number:number>/<slug:step>/species/", drafting.species, name="application-species"),
    path("documents/<int:key>/", attachments.document, name="attachment"),
    path("permits/", permits.listing, name="permits"),
    path("permits/<number:number>/", permits.permit, name="permit"),
    path("permits/<number:number>/lost/", afterwards.lost, name="permit-lost"),
    path("permits/<number:number>/return/", afterwards.give_back, name="permit-return"),
    path("permits/<number:number>/variation/", afterwards.variation, name="permit-variation"),
    path("permits/<number:number>/replacement/", afterwards.replacement, name="permit-replacement"),
    path("permits/<number:number>/label.pdf", parcel.label, name="permit-label"),
    path("permits/<number:number>/eu-forms.pdf", eu_print.forms, name="permit-eu-forms"),
    path("permits/<number:number>/data/<slug:form>.json", permits.data, name="permit-data"),
    path("permits/<number:number>/<slug:form>", permits.document, name="permit-document"),
    path("verify/", verify.page, name="verify"),
    path("verify/words.json", browser.words, name="verify-words"),
    path("verify/worker.js", browser.worker, name="verify-worker"),
    path("verify/app.webmanifest", browser.manifest, name="verify-manifest"),
]

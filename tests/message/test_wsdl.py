"""A SOAP program that never saw this code finds its way by our WSDL alone."""

from __future__ import annotations

import threading
from decimal import Decimal
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from tests.message.permits import permit

from wildgate.convention.refusal import Refusal
from wildgate.message.soap import Answer, Attachment, Position, read_call, write_answer, write_fault
from wildgate.message.wsdl import wsdl, xsd
from wildgate.message.xml import write_v1, write_v2

zeep = pytest.importorskip("zeep", reason="zeep is not installed")
WRITE = {"v1": write_v1, "v2": write_v2}


class Service:
    """A partner with one permit, on a port of its own. What it was asked is kept."""

    def __init__(self, version):
        self.version, self.calls = version, []

    def __call__(self, environ, start):
        address = f"http://127.0.0.1:{environ['SERVER_PORT']}/"
        if environ["REQUEST_METHOD"] == "GET":
            body = xsd(self.version) if environ["QUERY_STRING"] == "xsd=message" else wsdl(self.version, address)
            start("200 OK", [("Content-Type", "text/xml")])
            return [body]
        call = read_call(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), self.version)
        self.calls.append((environ["HTTP_SOAPACTION"], call))
        refused = isinstance(call, Refusal)
        start("500 Error" if refused else "200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        if refused:
            return [write_fault(call)]
        return [write_answer(Answer(call.version, call.operation, WRITE[self.version](permit(2)),
                                    (Attachment("permit.pdf", b"%PDF"),), state="accepted"))]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(params=["v1", "v2"])
def partner(request):
    service = Service(request.param)
    with make_server("127.0.0.1", 0, service, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield service, f"http://127.0.0.1:{server.server_port}/?wsdl"
        server.shutdown()
        thread.join()


def test_an_independent_program_calls_all_four_operations_by_our_wsdl(partner):
    service, address = partner
    client = zeep.Client(address)

    found = client.service.GetNonFinalCitesCertificate("27QM000045DL", "s3cret", "QM")
    final = client.service.GetFinalCitesCertificate(CertificateNumber="27QM000045DL")
    kept = client.service.ConfirmQuantities("27QM000045DL", ConfirmedQuantities={"CitesPosition": [
        {"ID": "A", "InspectedUnitQuantity": {"_value_1": Decimal("12.125"), "unitCode": "KGM"}}]})
    state = client.service.ServiceState()

    root = found["CITESEPermit" if service.version == "v2" else "CBFShip"]
    number = root.HeaderExchangedDocument.ID
    items = root.SpecifiedSupplyChainConsignment.IncludedSupplyChainConsignmentItem
    assert getattr(number, "_value_1", number) == "27QM000045DL"
    assert [item.TransportLogisticsPackage[0].ItemQuantity._value_1 for item in items] == [1200, 1200]
    assert found.Attachments[0].AttachmentContent == b"%PDF"
    assert final.Composite is False
    assert (kept, state) == ("accepted", "accepted")
    assert [action.strip('"') for action, _ in service.calls] == [
        "urn:GetNonFinalCitesCertificate", "urn:GetFinalCitesCertificate", "urn:ConfirmQuantities", "urn:ServiceState"]
    assert service.calls[0][1].token == "s3cret"
    assert service.calls[2][1].positions == (Position("A", Decimal("12.125"), "KGM"),)


def test_a_refusal_reaches_it_as_a_fault(partner):
    _, address = partner

    with pytest.raises(zeep.exceptions.Fault, match="Invalid Request"):
        zeep.Client(address).service.GetFinalCitesCertificate(CertificateNumber=" ")

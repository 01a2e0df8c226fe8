"""Examples of messages: shown with the operations and in the guide, and read by a test."""

from __future__ import annotations

from typing import Any, Final

ONE: Final[dict[str, Any]] = {
    "message_id": "M-000481", "reference": "26QM000000481E", "direction": "export", "procedure": "1000",
    "post": "Kivu-2", "mode": "air", "departure": "QM", "destination": "QZ", "route": ["QM", "QZ"],
    "transport_document": "020-44556676", "carrier": "SpeedX",
    "exporter": {"name": "Lacuna Hides Ltd", "country": "QM", "identifier": "QM-4711"},
    "importer": {"name": "Quartz Leather Co", "country": "QZ"},
    "items": [{"hs": "410320", "description": "Raw skins of crocodile", "taxon": "Crocodylus novaeguineae",
               "term": "SKI", "quantity": "1150", "unit": "NAR", "origin": "QM", "source": "W", "purpose": "T",
               "permits": [{"number": "26QM000012E", "country": "QM"}]}],
}
BATCH: Final[dict[str, Any]] = {
    "message_id": "M-000482",
    "declarations": [{**{key: value for key, value in ONE.items() if key != "message_id"},
                      "reference": "26QM000000482E"}]}
CSV: Final = (
    "reference,direction,procedure,post,departure,destination,exporter_name,importer_name,hs,description,taxon,term,"
    "quantity,unit,origin,source,permit,permit_country,claims\n"
    "26QM000000483E,export,1000,Kivu-2,QM,QZ,Lacuna Hides Ltd,Quartz Leather Co,410320,Raw skins of crocodile,"
    "Crocodylus novaeguineae,SKI,1150,NAR,QM,W,26QM000012E,QM,\n"
    "26QM000000483E,,,,,,,,911390,Watch straps of bovine leather,,,200,NAR,,,,,Y900\n")
XML: Final = """<Declaration>
  <FunctionCode>9</FunctionCode>
  <FunctionalReferenceID>M-000484</FunctionalReferenceID>
  <ID>26QM000000484E</ID>
  <TypeCode>EX</TypeCode>
  <DeclarationOfficeID>Kivu-2</DeclarationOfficeID>
  <BorderTransportMeans><ModeCode>4</ModeCode></BorderTransportMeans>
  <Exporter><Name>Lacuna Hides Ltd</Name><ID>QM-4711</ID><Address><CountryCode>QM</CountryCode></Address></Exporter>
  <GoodsShipment>
    <ExportCountry><ID>QM</ID></ExportCountry>
    <Destination><CountryCode>QZ</CountryCode></Destination>
    <Importer><Name>Quartz Leather Co</Name><Address><CountryCode>QZ</CountryCode></Address></Importer>
    <Consignment><TransportContractDocument><ID>020-44556676</ID></TransportContractDocument></Consignment>
    <GovernmentAgencyGoodsItem>
      <SequenceNumeric>1</SequenceNumeric>
      <AdditionalDocument>
        <CategoryCode>C</CategoryCode>
        <TypeCode>400</TypeCode>
        <ID>26QM000012E</ID>
        <Name>CITES export permit</Name>
        <WriteOff><QuantityQuantity unitCode="NAR">1150</QuantityQuantity></WriteOff>
      </AdditionalDocument>
      <AdditionalInformation>
        <StatementTypeCode>TRM</StatementTypeCode><StatementCode>SKI</StatementCode>
      </AdditionalInformation>
      <AdditionalInformation>
        <StatementTypeCode>SRC</StatementTypeCode><StatementCode>W</StatementCode>
      </AdditionalInformation>
      <Commodity>
        <Description>Raw skins of crocodile</Description>
        <ScientificName>Crocodylus novaeguineae</ScientificName>
        <Classification><ID>410320</ID><IdentificationTypeCode>HS</IdentificationTypeCode></Classification>
      </Commodity>
      <GovernmentProcedure><CurrentCode>10</CurrentCode><PreviousCode>00</PreviousCode></GovernmentProcedure>
      <Origin><CountryCode>QM</CountryCode></Origin>
    </GovernmentAgencyGoodsItem>
  </GoodsShipment>
</Declaration>
"""

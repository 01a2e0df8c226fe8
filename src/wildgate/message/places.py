"""Where the facts of the form stand in a permit message: name of an element in v2 -> place on the sheet."""

from __future__ import annotations

from wildgate.message.sheets import OLDER, Day, Names, Only, Sheets, Steps, Table, Texts, Whole

SIGNATORY = "SpecifiedAuthoritativeSignatoryPerson"

CONTEXT: Table = {"BIMSpecifiedDocumentContextParameter": {"Value": Texts("models")}}

POST: Table = {
    "PostcodeCode": Texts("postcodes"), "PostOfficeBox": Texts("boxes"), "StreetName": Texts("streets"),
    "CityName": Texts("towns"), "CountryID": "country", "CountrySubDivisionName": Texts("divisions"),
    "CountryIdentificationTradeCountry": {                                                      # v1
        "ID": "country_v1", "SubordinateTradeCountrySubDivision": {"Name": Texts("divisions_v1")}}}
PARTY: Table = {
    "ID": Whole("ids"), "Name": "name", "PostalTradeAddress": Only("post", POST)}
REFERENCE: Table = {
    "ID": "number", "Name": Texts("names"), "EffectiveSpecifiedPeriod": {"EndDateTime": Day("until")},
    "RelationshipTypeCode": "relationship"}
THIRD: Table = {
    "ActualDateTime": Day("signed"), "Statement": "seal", "ProviderTradeParty": {SIGNATORY: {"Name": "official"}},
    "IssueLogisticsLocation": {"Name": "signed_in"}}
CUSTOMS: Table = {
    "ActualDateTime": Day("at"), "ProviderTradeParty": {SIGNATORY: {"Name": "officer"}},
    "IssueLogisticsLocation": {"ID": "port", "Name": "port_name"}}
HEADER: Table = {
    "ID": Whole("number"), "Name": "type_name", "TypeCode": "type", "IssueDateTime": Day("issued"),
    "CopyIndicator": "copy", "Purpose": "purpose_words", "PurposeCode": "purpose", "Information": Whole("information"),
    "ReferenceReferencedDocument": Sheets("references", REFERENCE),
    "EffectiveSpecifiedPeriod": {"EndDateTime": Day("until")}, "IssueLogisticsLocation": {"Name": "place"},
    "FirstSignatoryDocumentAuthentication": {
        "ID": "stamp", "ProviderTradeParty": Sheets("authority", {
            **PARTY, "SpecifiedRepresentativePerson": {"Name": "official"}})},
    "ThirdSignatoryDocumentAuthentication": Only("third", THIRD),
    "FourthSignatoryDocumentAuthentication": Sheets("customs", CUSTOMS),
    "StatusCode": "state", "VersionID": "version", "PreviousRevisionID": "previous",            # D22A
    "RevisionDateTime": Day("revised"), "AmendmentPurposeCode": "reason"}

EVENT: Table = {
    "ActualOccurrenceDateTime": Day("at"), "UnitQuantity": Whole("amount"),
    "OccurrenceLogisticsLocation": {"ID": "port", "Name": "port_name"},
    "CertifyingTradeParty": {SIGNATORY: {"Name": "officer"}}}
PAPER: Table = {"IssueDateTime": Day("on"), "TypeCode": "code", "ID": "number"}
PRODUCT: Table = {
    "SellerAssignedID": Whole("assigned"), "Description": Texts("description"), "TypeCode": "term",
    "CommonName": "common_name", "ScientificName": Texts("names")}
RULES: Table = {
    "CategoryCode": Texts("categories"), "UsedToDateQuotaQuantity": Whole("used"),
    "AnnualQuotaQuantity": Whole("quota"), "AcquisitionDateTime": Day("acquired"),
    "PreviousReferencedDocument": {"ID": "operation"}}
ITEM: Table = {
    "ID": "block", "PhysicalLogisticsShippingMarks": {"Marking": Texts("marks")},
    "OriginTradeCountry": {"ID": "origin"}, "ExportTradeCountry": Sheets("last", {"ID": "country"}),
    "AssociatedReferencedDocument": Sheets("papers", PAPER),
    "TransportLogisticsPackage": {"ItemQuantity": Whole("quantity")},
    "IncludedSupplyChainTradeLineItem": Only("goods", {
        "TypeCode": "appendix", "TypeExtensionCode": "source", "SpecifiedTradeProduct": Only("product", PRODUCT)}),
    "ExaminationTransportEvent": Sheets("events", EVENT),
    "ApplicableCrossBorderRegulatoryProcedure": Only("rules", RULES)}
CONSIGNMENT: Table = {
    "ConsignorTradeParty": Sheets("exporter", PARTY), "ConsigneeTradeParty": Sheets("importer", PARTY),
    "TransportContractReferencedDocument": {"TypeCode": "paper_type", "ID": Whole("papers")},
    "ExaminationTransportEvent": Sheets("events", EVENT),
    "IncludedSupplyChainConsignmentItem": Sheets("items", ITEM),
    "ImportTradeCountry": {"ID": "import_country"}}                                             # v1

WCO: Table = {
    "ExpirationDateTime": Day("until"), "EffectiveDateTime": Day("start"), "FunctionCode": "purpose",
    "FunctionName": "purpose_words", "ID": "number", "IssueDateTime": Day("issued")}


class Places:
    """The tables by the tags of one profile."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.context, self.head, self.goods, self.wco = (Steps(table, names) for table in (
            CONTEXT, HEADER, CONSIGNMENT, WCO))


IN_V2 = Places(Names(OLDER))

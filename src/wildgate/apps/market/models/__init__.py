"""Captured listings: the evidence, what was read in it, who sells, what people said of it."""

from wildgate.apps.market.models.evidence import Capture, Evidence, EvidenceRemoved, EvidenceStamp
from wildgate.apps.market.models.labelling import Label, ScopeModel
from wildgate.apps.market.models.listings import Listing, ListingImage, ListingLink, PermitCheck, Screening, TextBand
from wildgate.apps.market.models.sellers import Seller, SellerEdge, SellerName, SellerTrait

__all__ = ["Capture", "Evidence", "EvidenceRemoved", "EvidenceStamp", "Label", "Listing", "ListingImage", "ListingLink",
           "PermitCheck", "ScopeModel", "Screening", "Seller", "SellerEdge", "SellerName", "SellerTrait", "TextBand"]

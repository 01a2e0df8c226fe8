"""Small invented downloads, good and bad, in the layouts of the real ones."""

from __future__ import annotations

import csv
import io
from pathlib import Path

HEADER = """
TaxonId Kingdom Phylum Class Order Family Genus Species Subspecies FullName AuthorYear RankName CurrentListing
FullAnnotationEnglish AnnotationEnglish AnnotationSpanish AnnotationFrench #AnnotationSymbol #Annotation
SynonymsWithAuthors EnglishNames SpanishNames FrenchNames CitesAccepted All_DistributionISOCodes
All_DistributionFullNames NativeDistributionFullNames Introduced_Distribution Introduced(?)_Distribution
Reintroduced_Distribution Extinct_Distribution Extinct(?)_Distribution Distribution_Uncertain
"""
CHECKLIST = HEADER.split()

PYTHON: dict[str, str] = {
    "TaxonId": "5467", "Kingdom": "Animalia", "Phylum": "Chordata", "Class": "Reptilia", "Order": "Serpentes",
    "Family": "Pythonidae", "Genus": "Python", "Species": "regius", "FullName": "Python regius",
    "AuthorYear": "(Shaw, 1802)", "RankName": "SPECIES", "CurrentListing": "II",
    "FullAnnotationEnglish": "Appendix II: ", "AnnotationEnglish": "Appendix II:Included in Pythonidae spp. ",
    "SynonymsWithAuthors": "Python bellii Gray, 1842, Boa regia Shaw, 1802",
    "EnglishNames": "Ball Python, Royal Python",
    "SpanishNames": "Pitón real", "FrenchNames": "Python royal", "CitesAccepted": "true",
    "All_DistributionISOCodes": "BJ, TG", "All_DistributionFullNames": "Benin, Togo",
    "NativeDistributionFullNames": "Benin, Togo",
}
BOA: dict[str, str] = PYTHON | {
    "TaxonId": "900001", "Family": "Boidae", "Genus": "Boa", "Species": "constrictor", "FullName": "Boa constrictor",
    "AuthorYear": "Linnaeus, 1758", "SynonymsWithAuthors": "", "EnglishNames": "Boa", "SpanishNames": "",
    "FrenchNames": "", "AnnotationEnglish": "Appendix II:Included in Boidae spp. ",
    "All_DistributionISOCodes": "TW, HK, BR", "All_DistributionFullNames": "Taiwan, Province of China, Hong Kong, SAR, "
    "Brazil", "NativeDistributionFullNames": "Brazil", "Extinct_Distribution": "Taiwan, Province of China",
}


def checklist(folder: Path, *rows: dict[str, str], name: str = "checklist.csv",
              columns: list[str] | None = None) -> Path:
    """A Checklist download with these rows."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or CHECKLIST, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return written(folder, text.getvalue(), name)


def written(folder: Path, text: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

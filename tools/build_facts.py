"""Lay the public facts on CITES out again as the tables that the package ships: `build_facts.py DATA_DIRECTORY`.

Reads the collected code lists (CSV) and the tables written by hand in `tools/facts`; writes `src/wildgate/data/*.tsv`.
The same input gives the same bytes. Tables with "By hand" in their head are sources themselves and are not written.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
FACTS = HERE / "facts"
OUT = HERE.parent / "src" / "wildgate" / "data"
Row = dict[str, str]

SCHEDULE = ("Schedule I of Canada's Wild Animal and Plant Trade Regulations (SOR/96-263), in force 2025-03-06, which "
            "transposes the CITES Appendices after CoP19.",
            "Contains information licensed under the Open Government Licence - Canada.")
SAPI = ("Species+/CITES Checklist API source (SAPI), UNEP-WCMC, 2013 and 2018. BSD-3-Clause: Copyright (c) 2013, "
        "UNEP-WCMC.",)
CODES = ("Code lists of the CITES annual report guidelines as printed in Regulation (EC) 865/2006, Annexes VII to IX; "
         "French and Spanish names from SAPI, UNEP-WCMC, BSD-3-Clause.",)
LISTING_PARTIES = {
    "Algeria": "DZ", "Argentina": "AR", "Australia": "AU", "Botswana": "BW", "Brazil": "BR", "Canada": "CA",
    "Chile": "CL", "China": "CN", "Colombia": "CO", "Costa Rica": "CR", "Cuba": "CU", "Ecuador": "EC",
    "European Union": "EU", "France": "FR", "Guatemala": "GT", "Honduras": "HN", "India": "IN", "Israel": "IL",
    "Japan": "JP", "Mauritius": "MU", "Nepal": "NP", "New Zealand": "NZ", "Nicaragua": "NI", "Pakistan": "PK",
    "Plurinational State of Bolivia": "BO", "Russian Federation": "RU", "Seychelles": "SC", "South Africa": "ZA",
    "Sri Lanka": "LK", "Tunisia": "TN", "Ukraine": "UA", "United States of America": "US", "Uruguay": "UY",
}
LISTED_BY_FIXES = {"Tylecodon": "ZA", "Turdus": "UA"}
NOT_CACTI = {"Cassytha"}
LUTRINAE = {"Aonyx", "Enhydra", "Hydrictis", "Lontra", "Lutra", "Lutrogale", "Pteronura"}
ONLY_TAXA = {
    "Agalychnis": "Agalychnis annae;Agalychnis callidryas;Agalychnis lemur;Agalychnis moreletii;"
                  "Agalychnis saltator;Agalychnis spurrelli;Agalychnis terranova",
    "Helioporidae": "Heliopora coerulea",
}
SUPERSEDED = {("Dipteryx panamensis", "III")}
"""Entries of Appendix III that the schedule kept by oversight beside a wider entry of Appendix II that covers them."""
SCOPE = {"Euphorbia": "Succulent species only."}
HISTORY = ("taxon", "kingdom", "was", "becomes", "listed_by", "countries", "annotations", "on", "after", "basis",
           "certainty")
POPULATIONS = {"Namibia": "NA", "Brazil": "BR", "the Palawan Islands (Philippines)": "PH"}
"""Populations that CoP19 transferred, as country codes."""
CHANGED_NAMES = {
    "Phyllurus amnicola and P. caudiannulatus": "Phyllurus amnicola;Phyllurus caudiannulatus",
    "14 tarantula species similar to Grammostola rosea": "Grammostola",
    "Chelus fimbriatus (and C. orinocensis)": "Chelus fimbriatus",
}


RENAMED = "COS"
"""Coral sand when the pairs of 2018 were drawn up, cosmetics now: its old pairs say nothing."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the directory with cites_listings.csv and its neighbours")
    data: Path = parser.parse_args().data
    if not (data / "cites_listings.csv").is_file():
        print(f"{data} has no cites_listings.csv", file=sys.stderr)
        return 2
    amendments = list(read_amendments(data))
    listings = list(read_listings(data))
    write("listings", listings, "Entries of the CITES Appendices, at the rank listed.", *SCHEDULE,
          "Date: 2025-03-06. The days on which entries took effect stand in history.tsv.")
    write("annotations", read_annotations(data), "Annotations of the listings and how they read as term codes.",
          *SCHEDULE, "Term columns: our own reading. Date: 2025-03-06.")
    write("genera", read_genera(data, listings), "Genus to family, order and class, of listed taxa and some others.",
          "Facts derived from the schedule (Open Government Licence - Canada), the Index of CITES Species of 2017 "
          "(UNEP-WCMC; classification only) and general knowledge.")
    write("amendments", [{k: v for k, v in row.items() if k != "before"} for row in amendments
                         if row["meeting"] == "CoP20"], "Changes of the Appendices decided at CoP20.",
          "Secondary reports, certainty B or C: warnings only, never law. Own compilation. Date: 2026-08.")
    write("history", read_history(amendments, listings), "What a taxon or population was before and after each change.",
          "CoP19: Regulation (EU) 2023/966 (certainty A) and comparison of schedules (B). Before: general knowledge of "
          "what the meetings decided, by hand (K: to be confirmed).",
          "was ?: not shown by this name in the Index of CITES Species of 2017-04-21 (names only), day not known.")
    regions = {r["region"]: r["countries"] for r in hand("regions")}
    write("listing_quotas", ({**r, "countries": codes(r["countries"], regions)} for r in hand("quotas")),
          "Export quotas that the listings themselves set (annotations A2 to A24); amount 0 is a zero quota.",
          *SCHEDULE, "Structured by hand from the texts of the annotations. Date: 2025-03-06.")
    write("goods", read_goods(data), "Customs codes (HS 2022, six digits) beside the taxa and terms of their goods.",
          "Codes checked against the UN Comtrade list of HS 2022; taxa, terms and labels are a judgement made for this "
          "project (kind K), no legal concordance. Licence of this file: Apache-2.0.",
          "strength: D = the code names a listed taxon or its material; P = listed goods are a part; M = a warning.",
          "scope: most, part = of these taxa; other = for kinds taken for listed ones; any = of any taxon; warning.")
    write_codes(data)
    return 0


def write_codes(data: Path) -> None:
    write("terms", keep(data / "cites_terms.csv", "code name_en name_fr name_es preferred_unit alternative_unit form "
          "status replaced_by note"), "Trade terms.", *CODES)
    write("units", keep(data / "cites_units.csv", "code name_en name_fr name_es symbol legacy_trade_db_code base_unit "
          "factor_to_base status note"), "Units, current and historic, with exact factors.", *CODES)
    write("purposes", keep(data / "cites_purposes.csv", "code name_en name_fr name_es"), "Purposes of trade.", *CODES)
    write("sources", keep(data / "cites_sources.csv", "code name_en name_fr name_es valid_animals valid_plants "
          "valid_app1 valid_app2 valid_app3 may_combine"), "Sources of specimens.", *CODES)
    write("term_units", (pair for pair in keep(data / "cites_term_unit_pairs.csv", "term_code unit_code")
                         if pair["term_code"] != RENAMED),
          "Units that the Trade Database accepts with a term.", *SAPI)
    write("term_purposes", keep(data / "cites_term_purpose_pairs.csv", "term_code purpose_code"),
          "Purposes that the Trade Database accepts with a term.", *SAPI)
    write("taxon_terms", sorted(keep(data / "cites_taxon_term_pairs.csv", "rank taxon term_code"),
                                key=lambda r: (r["taxon"].lower(), r["term_code"])),
          "Terms that make sense for a taxon.", *SAPI)
    write("countries", read_countries(data), "Countries and areas, their names and their membership as Parties.",
          "Codes: ISO 3166-1 and the CITES special codes. Party dates: list of Parties of 2023 with later accessions. "
          "French, Spanish and Arabic names: general knowledge, not reviewed. QM and QZ are invented (kind demo).")


def table(path: Path) -> list[Row]:
    """A CSV with a header, as it is."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hand(name: str) -> list[Row]:
    """A table of ours: tab separated, `#` lines are remarks."""
    lines = (path_of(name)).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((x for x in lines if not x.startswith("# ")), delimiter="\t", quoting=csv.QUOTE_NONE))


def path_of(name: str) -> Path:
    inside = FACTS / f"{name}.tsv"
    return inside if inside.exists() else OUT / f"{name}.tsv"


def keep(path: Path, columns: str) -> list[Row]:
    return [{c: row[c] for c in columns.split()} for row in table(path)]


def clean(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()


def write(name: str, rows: Iterable[Row], what: str, *origin: str) -> None:
    rows = list(rows)
    head = [f"# {what}", *(f"# {line}" for line in origin), "# Written by tools/build_facts.py.", "\t".join(rows[0])]
    body = ["\t".join(clean(v or "") for v in row.values()) for row in rows]
    (OUT / f"{name}.tsv").write_text("\n".join(head + body) + "\n", encoding="utf-8")
    print(f"{name}.tsv: {len(rows)} rows")


def bare(name: str) -> str:
    """`Rhinoclemmys spp. (except ...)` -> `Rhinoclemmys`."""
    return re.sub(r"\s*(\(.*\)|spp\.)\s*", " ", name).strip()


def read_amendments(data: Path) -> Iterator[Row]:
    for row in table(data / "cites_amendments_cop19_cop20.csv"):
        before = re.search(r"transferred (I{1,3}) ", row["change"])
        yield {"taxa": CHANGED_NAMES.get(row["taxon"]) or bare(row["taxon"]), "change": row["change"],
               "appendix": row["appendix"], "before": before.group(1) if before else "", "in_force": row["in_force"],
               "meeting": row["meeting"], "certainty": row["certainty"], "source": row["source"], "note": row["note"]}


def whole_entry(change: str) -> bool:
    """Does the change concern the whole entry, so that its date is the entry's own?"""
    return not any(word in change for word in ("population", "annotation", "clause", "annotation #10"))


def read_history(amendments: list[Row], listings: list[Row]) -> Iterator[Row]:
    """The changes up to the schedule: those of CoP19, those known by hand, and names with no day of their own."""
    kingdoms = {bare(r["taxon"]).split()[0]: r["kingdom"] for r in listings}
    kingdoms |= {r["genus"]: {"A": "Animalia", "P": "Plantae"}[r["kingdom"]] for r in hand("genera")}
    empty = dict.fromkeys(HISTORY, "")
    dated = set()
    for row in amendments:
        if row["meeting"] != "CoP19" or re.search("annotation|clause", row["change"]):
            continue
        party = re.search(r"\(([A-Z][\w ]+)\) to", row["change"])
        place = re.search(r"population of (.+?) transferred", row["change"])
        dated.add(row["taxa"])
        yield {**empty, "taxon": row["taxa"], "kingdom": kingdoms[row["taxa"].split()[0]], "was": row["before"] or "-",
               "becomes": row["appendix"], "listed_by": LISTING_PARTIES[party.group(1)] if party else "",
               "countries": POPULATIONS[place.group(1)] if place else "", "on": row["in_force"], "basis": "CoP19",
               "certainty": row["certainty"]}
    for row in hand("history"):
        for taxon in row.pop("taxa").split(";"):
            dated.add(taxon)
            kingdom = kingdoms.get(taxon.split()[0]) or {"A": "Animalia", "P": "Plantae"}[row["kingdom"]]
            yield {**empty, **row, "taxon": taxon, "kingdom": kingdom, "certainty": "K"}
    for row in hand("listed_since_2017"):
        if row["taxon"] not in dated:
            yield {**empty, "taxon": re.sub(r" (ssp|var)\.", "", row["taxon"]), "was": "?", "after": "2017-04-21",
                   "kingdom": kingdoms[row["taxon"].split()[0]], "basis": "Index of CITES Species of 2017",
                   "certainty": "B"}


def codes(text: str, regions: dict[str, str]) -> str:
    return " ".join(regions[w[1:]] if w.startswith("@") else w for w in text.split())


def read_listings(data: Path) -> Iterator[Row]:
    regions = {r["region"]: r["countries"] for r in hand("regions")}
    populations = {(r["taxon"], r["appendix"]): r for r in hand("populations")}
    left_out: dict[str, list[str]] = {}
    for r in hand("unlisted"):
        if m := re.search(r"listing of (\w+( [a-z]+)?)", r["reason"] if r["why"] == "schedule" else ""):
            left_out.setdefault(re.sub(r" leaves$", "", m.group(1)), []).append(r["name"])
    for number, row in enumerate([*table(data / "cites_listings.csv"), *hand("corrections")], 1):
        taxon, appendix = row["scientific_name"], row["appendix"]
        if (taxon, appendix) in SUPERSEDED:
            continue
        place = populations.get((taxon, appendix), {})
        countries, partial = codes(place.get("countries", ""), regions), place.get("partial", "")
        note = clean(row["parties_or_population_note"]).split("/;")[0].rstrip("/.").lstrip("(")
        note = re.sub(r"Includes(?=[A-Z])", "Includes ", note.split(". :")[0])
        elsewhere = place.get("elsewhere", "")
        if note.startswith("Population of Ukraine"):
            countries, elsewhere = "UA", "none"
        yield {
            "id": f"L{number:04d}" if row.get("kingdom") and "source" not in row else f"X{number:04d}",
            "taxon": taxon, "rank": row["rank"].lower(), "kingdom": row["kingdom"], "class": row["class"],
            "order": row["order"], "family": row["family"], "genus": row["genus"], "appendix": appendix,
            "annotations": row["annotation"], "listed_by": listed_by(row), "countries": countries,
            "not_countries": place.get("not_countries", ""), "partial": partial, "elsewhere": elsewhere,
            "except_taxa": ";".join(sorted(left_out.get(taxon, []))), "only_taxa": ONLY_TAXA.get(taxon, ""),
            "scope": SCOPE.get(taxon, ""),
            "domesticated": "excluded" if "A1" in row["annotation"].split() or "domesticated" in note else "",
            "note": note,
            "name_en": row["english_name"], "name_fr": row["french_name"],
        }


def listed_by(row: Row) -> str:
    """ISO codes of the Parties of an Appendix III entry, with the source's defects put right."""
    if row["appendix"] != "III":
        return ""
    if fixed := LISTED_BY_FIXES.get(row["genus"]):
        return fixed
    names = row["countries_for_app_III"].split(", ") if row["countries_for_app_III"] else []
    return " ".join(LISTING_PARTIES[name] for name in names)


def read_annotations(data: Path) -> Iterator[Row]:
    terms = {r["annotation"]: r for r in hand("annotation_terms")}
    for row in table(data / "cites_annotations.csv"):
        yield {"annotation": row["annotation"], "text_en": row["text_en"], "text_fr": row["text_fr"],
               **{k: v for k, v in terms[row["annotation"]].items() if k != "annotation"}}


def read_genera(data: Path, listings: list[Row]) -> list[Row]:
    """Every genus that a listing names or covers, the hand-written ones first in authority."""
    found: dict[str, Row] = {}
    for row in checklist(data / "listings" / "Index_of_CITES_Species_2017-04-21.csv.xz"):
        add_genus(found, row["Genus"], row["Family"], row["Order"], row["Class"], row["Kingdom"])
    for row in listings:
        add_genus(found, row["genus"], row["family"], row["order"], row["class"], row["kingdom"])
    for row in hand("genera"):
        kingdom = {"A": "Animalia", "P": "Plantae"}[row["kingdom"]]
        if row["uncertain"] or row["class"] != "Aves":
            found.pop(row["genus"], None)
        add_genus(found, row["genus"], row["family"], row["order"], row["class"], kingdom, row["uncertain"])
    return [found[g] for g in sorted(found)]


def add_genus(found: dict[str, Row], genus: str, family: str, order: str, class_: str, kingdom: str,
              uncertain: str = "") -> None:
    genus, family = clean(genus), clean(family)
    if not re.fullmatch(r"[A-Z][a-z-]+", genus) or genus in NOT_CACTI:
        return
    subfamily = "Lutrinae" if genus in LUTRINAE else ""
    row = found.setdefault(genus, {
        "genus": genus, "subfamily": subfamily, "family": re.sub(r" \((Lutr|Mustel)inae\)", "", family),
        "order": clean(order), "class": clean(class_), "kingdom": kingdom, "uncertain": uncertain})
    for key, value in (("order", order), ("family", family), ("class", class_)):
        row[key] = row[key] or clean(value)


def checklist(path: Path) -> Iterator[Row]:
    csv.field_size_limit(10**9)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Genus"]:
                yield {k: row[k] for k in ("Genus", "Family", "Order", "Class", "Kingdom")}


OTHER_KINDS = {"121150", "160432", "430110", "440341", "440722", "440723", "440727", "440728", "440831", "960200",
               "970521"}
"""Codes for goods that are not listed and are taken for listed ones, or the other way round."""


def read_goods(data: Path) -> Iterator[Row]:
    """The collected codes with their scopes as names, and those that only hide something."""
    scopes = {r["scope"]: r["taxa"] for r in hand("goods_scopes")}
    rows = [{"hs": r["hs_code"], "goods": r["description"], "taxa": taxa_of(r["taxon_scope"], scopes),
             "terms": r["cites_terms"], "strength": r["match_strength"]} for r in table(data / "hs_cites_terms.csv")]
    rows += [{"hs": r["code"], "goods": r["add"], "taxa": "", "terms": "", "strength": "M"}
             for r in hand("goods_disguises") if r["add"]]
    for row in sorted(rows, key=lambda r: r["hs"]):
        scope = {"D": "most", "P": "part" if row["taxa"] else "any", "M": "warning"}[row["strength"]]
        yield {**row, "scope": "other" if row["hs"] in OTHER_KINDS else scope}


def taxa_of(text: str, scopes: dict[str, str]) -> str:
    """`Manis spp.|Reptilia (listed taxa)` -> `Manis|Reptilia`."""
    names = (scopes.get(part, bare(part.removesuffix(" and others"))) for part in text.split("|") if part)
    return "|".join(dict.fromkeys(filter(None, names)))


def read_countries(data: Path) -> Iterator[Row]:
    names = {r["code"]: r for r in hand("country_names")}
    covered = {r["code"]: r["covered_by"] for r in hand("territories")}
    parties = {r["iso2"]: r["entry_into_force"] for r in table(data / "cites_parties.csv")}
    rows = table(data / "cites_countries.csv")
    rows += [{"code": "QM", "name_en": "Demoland", "kind": "demo"}, {"code": "QZ", "name_en": "Quartzland",
                                                                      "kind": "demo"}]
    for row in sorted(rows, key=lambda r: r["code"]):
        code = row["code"]
        periods = f"{parties[code]}/" if code in parties else ""
        if code == "AE":
            periods = f"1975-07-01/1988-01-27 {periods}"
        if row["kind"] == "demo":
            periods = "1975-07-01/"
        yield {"code": code, "name_en": row["name_en"], "name_fr": names[code]["name_fr"],
               "name_es": names[code]["name_es"], "name_ar": names[code]["name_ar"], "kind": row["kind"],
               "periods": periods, "covered_by": covered.get(code, "")}


if __name__ == "__main__":
    raise SystemExit(main())

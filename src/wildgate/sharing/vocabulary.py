"""The `cites` taxonomy and galaxy in MISP's formats, written from our own tables so that they cannot go stale.

`python -m wildgate.sharing.vocabulary` writes the files in `data/`; a test holds them to what is written here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from uuid import uuid5

from wildgate.convention.tables import read_facts
from wildgate.sharing.misp.templates import OURS, TEMPLATES, definition

VERSION: Final = 1
APPENDICES: Final = {"I": "Appendix I: threatened with extinction", "II": "Appendix II: may become threatened",
                     "III": "Appendix III: protected by a Party that asks for help"}
LICENCE: Final = "Codes: facts of the Convention. Names and layout: Apache-2.0, as the rest of Wildgate."
CODES: Final = ("Code lists of the CITES annual report guidelines as printed in Regulation (EC) 865/2006, Annexes VII "
                "to IX; the tables purposes, sources and terms of Wildgate.")
LISTED: Final = ("Schedule I of Canada's Wild Animal and Plant Trade Regulations (SOR/96-263), in force 2025-03-06. "
                 "Contains information licensed under the Open Government Licence - Canada.")
PREDICATES: Final = {
    "appendix": "Appendix of the Convention", "term": "Kind of specimen (trade term code)",
    "source": "Source of the specimen (Res. Conf. 12.3)", "purpose": "Purpose of the trade (Res. Conf. 12.3)",
    "taxon": "Group of listed taxa", "handling": "How it may be passed on (3x5x2)",
    "owner": "Originator: who alone may lower the marking", "compartment": "Compartment: all of them are needed",
    "limited-to-groups": "Only for the sharing groups that are named",
    "sharing-group": "Sharing group: one is enough", "nominal": "Persons can be identified",
}
CLASSES: Final = {"": "Plants"}
"""Groups are classes of animals, and all plants together."""


def taxonomy() -> dict[str, Any]:
    """The machine tags of `cites`, as a MISP takes them from `taxonomies/cites/machinetag.json`."""
    groups = sorted({row["class"] for row in read_facts("listings")})
    values = {
        "appendix": APPENDICES, "handling": {"P": "Sharing permitted", "C": "Sharing under conditions"},
        **{predicate: {row["code"]: row["name_en"] for row in read_facts(table)}
           for predicate, table in (("term", "terms"), ("source", "sources"), ("purpose", "purposes"))},
        "taxon": {(name or "Plantae"): CLASSES.get(name, name) for name in groups}}
    return {
        "source": CODES, "licence": LICENCE, "namespace": "cites", "expanded": "CITES",
        "description": "Trade in species listed by CITES: Appendices, trade terms, source and purpose codes, groups of "
                       "taxa, and how a report may be handled.",
        "version": VERSION, "refs": ["https://cites.org"],
        "predicates": [{"value": value, "expanded": says} for value, says in PREDICATES.items()],
        "values": [{"predicate": predicate, "entry": [{"value": value, "expanded": says}
                                                      for value, says in sorted(entries.items())]}
                   for predicate, entries in values.items()]}


def galaxy() -> dict[str, Any]:
    """The galaxy that the clusters hang on."""
    return {"source": LISTED, "licence": LICENCE, "name": "CITES taxa", "type": "cites-taxa", "namespace": "cites",
            "description": "Groups of taxa that are listed by CITES", "icon": "leaf", "version": VERSION,
            "uuid": str(uuid5(OURS, "galaxy cites-taxa"))}


def cluster() -> dict[str, Any]:
    """One cluster a family (or order, or class) in which taxa are listed, with the Appendices that occur."""
    groups: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in read_facts("listings"):
        name = row["family"] or row["order"] or row["class"] or row["taxon"]
        groups[name]["appendix"].add(row["appendix"])
        for key in ("kingdom", "class", "order"):
            groups[name][key].add(row[key])
    words = {row["taxon"]: row["words"].split(";") for row in read_facts("gazetteer_groups") if row["words"]}
    return {"source": LISTED, "licence": LICENCE, "name": "CITES taxa", "type": "cites-taxa", "category": "taxa",
            "authors": ["The Wildgate developers"], "version": VERSION, "uuid": str(uuid5(OURS, "cluster cites-taxa")),
            "description": "Groups of taxa that are listed by CITES",
            "values": [_value(name, found, words.get(name, [])) for name, found in sorted(groups.items())]}


def _value(name: str, found: dict[str, set[str]], words: list[str]) -> dict[str, Any]:
    appendices = sorted(each for each in found["appendix"] if each in APPENDICES)
    meta: dict[str, list[str]] = {"appendix": appendices}
    for key in ("kingdom", "class", "order"):
        if known := sorted(each for each in found[key] if each):
            meta[key] = known
    if words:
        meta["synonyms"] = words
    return {"value": name, "description": f"{name}: taxa in Appendix {', '.join(appendices) or 'none today'}",
            "uuid": str(uuid5(OURS, f"taxon {name}")), "meta": meta}


FILES: Final = {"cites_taxonomy.json": taxonomy, "cites_galaxy.json": galaxy, "cites_galaxy_cluster.json": cluster}


def written(made: dict[str, Any]) -> str:
    """As it stands in a file."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def kit() -> dict[str, str]:
    """Everything that a MISP takes in, by its path there: taxonomy, galaxy, cluster, object templates."""
    return {"taxonomies/cites/machinetag.json": written(taxonomy()), "galaxies/cites-taxa.json": written(galaxy()),
            "clusters/cites-taxa.json": written(cluster()),
            **{f"objects/{name}/definition.json": written(definition(each)) for name, each in TEMPLATES.items()}}


def main() -> None:
    """Write the files in `data/` anew."""
    for name, make in FILES.items():
        Path(str(files("wildgate") / "data" / name)).write_text(written(make()), encoding="utf-8")


if __name__ == "__main__":
    main()

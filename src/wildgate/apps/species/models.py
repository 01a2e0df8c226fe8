"""Names and listings as downloads of the Checklist of CITES Species and of Species+ give them, per Party."""

from __future__ import annotations

from django.db import models


class ImportRun(models.Model):
    """One download that changed what is stored: which file, when, by whom, and how many of its rows did what."""

    party = models.CharField(max_length=2)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    layout = models.CharField(max_length=20)
    dated = models.DateField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    rows = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    unchanged = models.IntegerField()
    refused = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["party", "id"], name="import_run_newest")]

    def __str__(self) -> str:
        return f"{self.party} {self.file_name} of {self.at:%Y-%m-%d}"


class Taxon(models.Model):
    """A taxon of the register. `source_id` is its number there, the same in Checklist and Species+ downloads.

    `accepted` is false for a name that the register holds to be a synonym: then `accepted_source_id` is the number of
    the accepted one. `standard` tells whether a nomenclature of the Conference of the Parties holds the name.
    `appendices` is the register's own summary ("I/II", "NC" for not listed, empty where it gives none).
    """

    party = models.CharField(max_length=2)
    source = models.CharField(max_length=20)
    source_id = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    author = models.CharField(max_length=250, blank=True)
    rank = models.CharField(max_length=12)
    kingdom = models.CharField(max_length=10)
    phylum = models.CharField(max_length=40, blank=True)
    class_name = models.CharField(max_length=40, blank=True)
    order_name = models.CharField(max_length=40, blank=True)
    family = models.CharField(max_length=60, blank=True)
    genus = models.CharField(max_length=60, blank=True)
    accepted = models.BooleanField(default=True)
    accepted_source_id = models.CharField(max_length=12, blank=True)
    standard = models.BooleanField(null=True)
    appendices = models.CharField(max_length=20, blank=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="taxa")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "source", "source_id"], name="taxon_once")]
        indexes = [models.Index(fields=["party", "name"], name="taxon_by_name")]

    def __str__(self) -> str:
        return self.name


class TaxonName(models.Model):
    """Another name of a taxon: a synonym, or a common name with its language (ISO 639-1, lower case)."""

    class Kind(models.TextChoices):
        SYNONYM = "synonym"
        COMMON = "common"

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    language = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=200)
    author = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taxon", "kind", "language", "name", "author"],
                                               name="taxon_name_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language or self.kind})"


class TaxonRange(models.Model):
    """A range State of a taxon and how it is there; `present` where the download does not say how."""

    class Certainty(models.TextChoices):
        NATIVE = "native"
        PRESENT = "present"
        INTRODUCED = "introduced"
        INTRODUCED_PERHAPS = "introduced?"
        REINTRODUCED = "reintroduced"
        EXTINCT = "extinct"
        EXTINCT_PERHAPS = "extinct?"
        UNCERTAIN = "uncertain"

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="ranges")
    country = models.CharField(max_length=2)
    certainty = models.CharField(max_length=12, choices=Certainty.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taxon", "country", "certainty"], name="taxon_range_once")]

    def __str__(self) -> str:
        return f"{self.country} ({self.certainty})"


class Wording(models.Model):
    """The text of an annotation or note, kept once: thousands of orchids share one."""

    party = models.CharField(max_length=2)
    digest = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "digest"], name="wording_once")]

    def __str__(self) -> str:
        return self.text[:80]


class TaxonListing(models.Model):
    """What the register says of a taxon's listing: an Appendix today, or one change in its history.

    `change`: addition, deletion, amendment, reservation, reservation-withdrawn. `listed_by` is the Party of an Appendix
    III entry or of a reservation, whose `appendix` is empty where the download does not tell it. `under` is the wider
    entry that it rests on (`Crocodylia spp.`). The law reads the shipped schedule for today, the history for past days.
    """

    class Origin(models.TextChoices):
        CURRENT = "current"
        HISTORY = "history"

    taxon = models.ForeignKey(Taxon, on_delete=models.CASCADE, related_name="listings")
    origin = models.CharField(max_length=8, choices=Origin.choices)
    appendix = models.CharField(max_length=3, blank=True)
    change = models.CharField(max_length=24)
    listed_by = models.CharField(max_length=2, blank=True)
    under = models.CharField(max_length=80, blank=True)
    symbol = models.CharField(max_length=8, blank=True)
    annotation = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    current = models.BooleanField()
    source_id = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["taxon", "origin"], name="taxon_listing_origin")]

    def __str__(self) -> str:
        return f"{self.appendix} {self.change} {self.since or ''}".strip()

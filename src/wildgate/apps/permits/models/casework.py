"""What is said and handed in about an application: questions, opinions, overrides, appeals, papers, batches."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Authority
from wildgate.apps.permits.models.applications import Application
from wildgate.kit.uploads.models import Upload

PERSON = settings.AUTH_USER_MODEL


class Question(models.Model):
    """A question to the applicant and the answer."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(max_length=2000)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text


class Opinion(models.Model):
    """The Scientific Authority's word on one application (Articles III.2(a), IV.2(a))."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="opinions")
    positive = models.BooleanField()
    text = models.CharField(max_length=4000)
    conditions = models.CharField(max_length=2000, blank=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "positive" if self.positive else "negative"


class Consultation(models.Model):
    """One Scientific Authority asked about some lines of a case, with a clock of its own (Article IX)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consultations")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    positions = models.JSONField(default=list)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["authority", "opinion"], name="consultation_open")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.application_id} to {self.authority_id}"


class Override(models.Model):
    """A point of the checklist that is not green, passed over by an officer with a reason."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="overrides")
    point = models.CharField(max_length=40)
    reason = models.CharField(max_length=1000)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "point"], name="override_once")]

    def __str__(self) -> str:
        return self.point


class Appeal(models.Model):
    """The applicant asks for another look at a refusal; neither who refused nor who countersigned decides it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="appeals")
    text = models.CharField(max_length=4000)
    lodged_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField()
    refused_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.JSONField(null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    grounds = models.CharField(max_length=4000, blank=True)

    def __str__(self) -> str:
        return f"appeal of {self.application_id}"


class Attachment(models.Model):
    """A document with an application: invoice, proof of origin, photograph. Taken out, it stays for the file."""

    class Kind(models.TextChoices):
        ORIGIN = "origin", _("Proof of lawful origin")
        FOREIGN = "foreign-permit", _("Another country's permit")
        INVOICE = "invoice", _("Invoice or contract")
        PHOTOGRAPH = "photograph", _("Photograph")
        OTHER = "other", _("Something else")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="attachments")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.application_id}"


class Batch(models.Model):
    """One press of a button for many uniform cases. Each is decided by itself; what came of it stands in its row."""

    class Deed(models.TextChoices):
        APPROVE = "approve", _("Approve")
        COUNTERSIGN = "countersign", _("Countersign")
        ISSUE = "issue", _("Issue")

    party = models.CharField(max_length=2)
    deed = models.CharField(max_length=12, choices=Deed.choices)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.deed} {self.pk}"


class BatchCase(models.Model):
    """One case of a batch: `done` is null until its turn; `told` is the refusal, or the number of the new permit."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="cases")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    done = models.BooleanField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "application"], name="batch_case_once")]
        indexes = [models.Index(fields=["batch", "done"], name="batch_case_left")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.application_id}"

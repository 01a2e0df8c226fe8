"""Letters to people and how they go out by mail; addresses of other systems that are told of events."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wildgate.apps.accounts.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class Preference(models.Model):
    """How a person wants to be written to. `used` is the language of the last sign-in, `language` the one chosen."""

    class By(models.TextChoices):
        AT_ONCE = "at-once", _("At once")
        DAILY = "daily", _("One e-mail a day, with all that you have not read")
        NEVER = "never", _("Never: I look into the inbox")

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, primary_key=True, related_name="preference")
    language = models.CharField(max_length=5, blank=True)
    used = models.CharField(max_length=5, blank=True)
    mail = models.CharField(max_length=8, choices=By.choices, default=By.AT_ONCE)

    def __str__(self) -> str:
        return f"{self.mail} {self.language}"


class Mail(models.Model):
    """One e-mail to one person, with one letter or several. A worker claims the row before it sends.

    `unclear` counts tries of which nobody knows whether the mail went out: the worker died between sending and
    noting it. Such a mail is sent once more, and only once.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Not sent: nothing to tell any more")
        FAILED = "failed", _("Failed")

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    digest = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.IntegerField(default=0)
    unclear = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["party", "state", "-made_at"], name="mail_state"),
                   models.Index(fields=["person", "-made_at"], name="mail_of_person"),
                   models.Index(fields=["sent_at"], name="mail_sent")]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.state})"


class Letter(models.Model):
    """Something that one person is told: codes and values only, worded when read, in the reader's language.

    `who` is why this person is told (`notices.Who`); it ends with the post. `organisation` is the firm it is told to.
    `cause` names the event (or whatever else): nobody is told the same twice. A `silent` one is not mailed.
    """

    party = models.CharField(max_length=2)
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="letters")
    cause = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    who = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, related_name="letters")
    mailed_at = models.DateTimeField(null=True)
    silent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "person", "cause"], name="letter_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="letter_newest"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="letter_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} to {self.person_id}"


class Webhook(models.Model):
    """An address of another system that is told of events of these kinds; none named: of all that people are told.

    The secret is not stored: it is derived from `salt` and the secret of the installation. `failures` counts failed
    tries in a row; `next_at` is when the next one may be; `lease_until` keeps a second worker away. `side` is the
    authority whose system it is: what that system takes, the authority has received.
    """

    class Side(models.TextChoices):
        NONE = "", _("Neither authority")
        MANAGEMENT = "management", _("Management Authority")
        CUSTOMS = "customs", _("Customs")

    party = models.CharField(max_length=2)
    url = models.CharField(max_length=300)
    salt = models.CharField(max_length=32)
    kinds = models.JSONField(default=list)
    side = models.CharField(max_length=10, choices=Side.choices, blank=True)
    active = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "url"], name="webhook_once")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.url

    @property
    def subject(self) -> str:
        """The name under which events speak of this address."""
        return f"webhook:{self.pk}"

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Delivery(models.Model):
    """One event on its way to one address, and what came of the last try."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    party = models.CharField(max_length=2)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "seq"], name="delivery_once")]
        indexes = [models.Index(fields=["webhook", "seq"], condition=Q(delivered_at=None), name="delivery_waiting")]
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} to {self.webhook_id}"


def person_key(value: Any) -> int | None:
    """The person behind an actor label that an event holds; None: a system."""
    text = str(value)
    return int(text[7:]) if text.startswith("person:") and text[7:].isdigit() else None

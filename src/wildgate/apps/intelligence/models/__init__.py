"""What the intelligence space keeps. Every row of substance carries a mark that says who may read it."""

from wildgate.apps.intelligence.models.feeds import FeedKey, Received, Release
from wildgate.apps.intelligence.models.marks import Compartment, Kept, Mark, Marked, SharingGroup
from wildgate.apps.intelligence.models.people import ContactPoint, Contributor
from wildgate.apps.intelligence.models.reports import (
    Case,
    CaseLink,
    Entity,
    Mention,
    Part,
    Relation,
    Report,
    ReportVersion,
    Sanitised,
)
from wildgate.apps.intelligence.models.targets import Target
from wildgate.apps.intelligence.models.work import (
    Alert,
    Comment,
    HandOver,
    Opinion,
    Pulse,
    Question,
    Sighting,
    Tasking,
)

__all__ = [
    "Alert", "Case", "CaseLink", "Comment", "Compartment", "ContactPoint", "Contributor", "Entity", "FeedKey",
    "HandOver", "Kept", "Mark", "Marked", "Mention", "Opinion", "Part", "Pulse", "Question", "Received", "Relation",
    "Release", "Report", "ReportVersion", "Sanitised", "SharingGroup", "Sighting", "Target", "Tasking",
]

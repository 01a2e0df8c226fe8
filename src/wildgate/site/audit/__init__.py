"""The auditor's desk: search the event chain, read the story of a permit or case, prove that nothing was rewritten."""

from wildgate.site.audit.views import case_story, export, search, story, verify

__all__ = ["case_story", "export", "search", "story", "verify"]

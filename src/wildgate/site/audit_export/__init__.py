"""The audit trail to take away: an archive that proves itself, and a signed head published each day."""

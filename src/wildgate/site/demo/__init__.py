"""The demo world: Demoland (QM), its people and its first permits. All persons, firms and numbers are invented."""

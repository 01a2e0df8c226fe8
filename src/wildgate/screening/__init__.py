"""Text that people wrote: which specimens and taxa does it speak of? No Django."""

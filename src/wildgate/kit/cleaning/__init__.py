"""Attachments that strangers hand in: told by their bytes, made harmless in a process of its own, the original sealed.

`cleaner.clean` makes a harmless copy or refuses. `keeping.hold` does that with a file that arrives, and keeps both.
`serving.attachment` hands out the copy, `keeping.opened` the original. See docs/decisions/0048-attachments.md.
"""

"""Leaving: all records of a country as documented open files, and an installation made from them."""

"""Backup and restore: a folder from which the whole installation can be made again, proved by the head of its chain."""

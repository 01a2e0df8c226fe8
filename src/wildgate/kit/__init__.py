"""Adapters that know Django but no permit: event chain, jobs, uploads, keys."""

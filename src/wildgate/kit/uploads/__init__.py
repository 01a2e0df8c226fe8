"""Files that people hand in: kept apart under the home folder, worked off by a job, with progress and a report."""

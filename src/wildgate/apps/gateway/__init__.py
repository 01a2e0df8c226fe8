"""The gateway app: programs of customs, carriers and single windows, their keys and their calls."""

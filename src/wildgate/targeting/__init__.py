"""Risk: which consignments to look at, and why. Profiles, rates, a model, selection under a capacity. No Django."""

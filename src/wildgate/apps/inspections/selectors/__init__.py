"""Every read of inspections, cut down to what the actor may see."""

"""Internal control: notes that the people concerned neither see nor clear, control samples, training."""

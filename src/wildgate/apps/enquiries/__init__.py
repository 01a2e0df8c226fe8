"""What do I need? Questions from travellers and traders in their own words, and the notes that answer them."""

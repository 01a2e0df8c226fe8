"""What an application costs, and that it was paid."""

"""An installation between others: it passes messages and questions on between Parties, and keeps nothing of them."""

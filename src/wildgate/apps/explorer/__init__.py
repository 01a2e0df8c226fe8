"""The explorer app: anyone asks the world's trade records a question and sees the answer."""

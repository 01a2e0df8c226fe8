"""The words of stock for templates."""

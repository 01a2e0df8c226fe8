"""The registers: breeding operations, nurseries and institutions, and marked specimens in their holders' accounts."""

"""The goods app: customs codes beside taxa and terms, editable, and what was learnt from accepted cases."""

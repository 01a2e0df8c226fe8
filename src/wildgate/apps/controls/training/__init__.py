"""Training: twenty made-up permits at a made-up border, ten sound and ten with one known fault each."""

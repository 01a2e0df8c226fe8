"""What `make bench` measures: our own figures beside the peers and limits they are held against, in the same run."""

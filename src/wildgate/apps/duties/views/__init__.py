"""Pages of the duties between the authorities: the matrix, notices, the log of imports, the agreement."""

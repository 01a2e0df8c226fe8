"""Facts shipped with the package: tables of tab-separated text, each with its source and licence on top."""

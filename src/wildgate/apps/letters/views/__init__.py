"""Pages of the inbox, of its settings, of machine notices and of what was not done."""

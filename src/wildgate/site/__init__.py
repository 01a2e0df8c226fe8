"""The shell: settings, addresses, design system, command line, demo world."""

"""`python -m wildgate` is the `wildgate` command."""

import sys

from wildgate.site.cli import main

if __name__ == "__main__":
    sys.exit(main())

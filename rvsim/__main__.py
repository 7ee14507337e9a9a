"""`python -m rvsim` is the command `rvsim`.

It hands over to the command line and knows nothing else.
"""

import sys

from rvsim.cli import main

if __name__ == "__main__":
    sys.exit(main())

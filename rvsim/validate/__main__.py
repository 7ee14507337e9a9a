"""`python -m rvsim.validate PAGE`: fresh tables and figure in docs/accuracy.md. The command for users is `rvsim validate`."""

from __future__ import annotations

import sys

from rvsim.errors import RvsimError

from .document import rewrite
from .run import validate

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rvsim.validate docs/accuracy.md (figures: rvsim validate)")
    try:
        rewrite(sys.argv[1], validate().rows)
    except RvsimError as error:
        sys.exit(f"rvsim: error: {error}")

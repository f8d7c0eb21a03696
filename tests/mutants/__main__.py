"""`python -m tests.mutants`: every mutant, or those named."""

import sys

from tests.mutants.run import main

sys.exit(main(sys.argv[1:]))

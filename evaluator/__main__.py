"""`python -m evaluator` is `vcfg`."""

from evaluator.cli.app import main

main()

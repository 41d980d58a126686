"""python -m services.cli: the command `shortlist`."""

from services.cli.app import main

main(prog_name="shortlist")

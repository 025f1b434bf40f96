"""`python -m hashsvc`."""

from hashsvc.cli.app import main

main()

"""`python -m api`, installed as `hashsvc-server`."""

from api.cli import main

main()

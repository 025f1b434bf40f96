"""Scan lawfully held evidence with a pack: every file is accounted for, none is written to."""

"""Secrets: key files, API keys, case numbers and PINs. Knows nothing of HTTP."""

"""Use cases: what survivors, platforms and operators can do. Knows nothing of HTTP."""

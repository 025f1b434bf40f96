"""Lock files: names, versions and hashes of everything that is installed."""

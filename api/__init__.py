"""HTTP over the services: for survivors, platforms and operators."""

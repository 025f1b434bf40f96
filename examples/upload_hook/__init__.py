"""A FastAPI application that asks about each upload before it publishes it."""

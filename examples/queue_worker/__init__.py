"""A worker that asks about photos in a queue, and drops what it is told to drop."""

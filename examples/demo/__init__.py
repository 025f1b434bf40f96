"""The main job end to end, on real photos: `python -m examples.demo`."""

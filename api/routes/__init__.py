"""Endpoints: typed in, one service call, typed out."""

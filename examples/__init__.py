"""Programs that use hashsvc as its users would."""

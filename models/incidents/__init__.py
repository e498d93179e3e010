"""What people are told: incidents, their reasons, severity and verdicts."""

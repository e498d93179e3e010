"""What is counted in a principal's hour."""

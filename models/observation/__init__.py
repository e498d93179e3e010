"""What is counted of a principal's hour."""

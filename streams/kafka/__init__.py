"""Kafka clients, topics and what stands on them."""

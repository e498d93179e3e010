"""Kafka clients, topics and their messages."""

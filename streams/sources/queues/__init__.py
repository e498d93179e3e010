"""Records from raw Kafka topics, and from S3 objects announced by SQS."""

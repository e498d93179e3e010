"""Records from raw Kafka topics and from S3 by SQS notices."""

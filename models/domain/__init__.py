"""What the detector talks about: events, operations, data classes, their wire form."""

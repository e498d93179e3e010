"""From a raw record of any format to an access event."""

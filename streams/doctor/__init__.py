"""The doctor: judges a seller's setup from its logs to the pager, each with what mends it."""

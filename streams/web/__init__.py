"""The incident pages, where an analyst reads an incident and gives a verdict."""

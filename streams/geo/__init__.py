"""Where an address is: its network and country, from local files only."""

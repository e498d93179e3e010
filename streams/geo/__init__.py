"""Where an address is: its network and its country, without asking anybody."""

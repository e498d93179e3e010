"""Words, numbers, links and labels as people and alerts read them."""

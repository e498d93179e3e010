"""The demo: a simulated seller's fortnight through every real layer, on one machine."""

"""The worker's Faust agents, one a file: each decodes, calls what does the work, and emits."""

"""The worker's Faust agents, one a file: each decodes, calls the worker, and emits."""

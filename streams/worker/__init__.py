"""The Faust worker: agents, partitions, checkpoints, health."""

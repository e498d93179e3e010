"""Everything that touches the world: sources, Kafka, Faust, exporters, the command line."""

"""The commands of `sellerwatch`, one module each."""

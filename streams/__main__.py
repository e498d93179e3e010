"""Lets `python -m streams` stand for `sellerwatch`."""

from streams.cli import main

if __name__ == "__main__":
    main()

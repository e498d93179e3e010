"""Writes the access log of a program that calls the seller API, from inside the program."""

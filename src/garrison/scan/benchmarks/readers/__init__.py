"""Readers of a host's configuration: each makes values with their places out of the files of one piece of software."""

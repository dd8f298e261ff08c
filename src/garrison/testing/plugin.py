"""The pytest plugin: options and fixtures; importing it loads nothing else of Garrison."""

"""What is collected of each AWS service: one file a service, each with `SERVICE`."""

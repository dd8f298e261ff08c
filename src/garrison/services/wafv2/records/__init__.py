"""What adapters tell of their decisions: kept durably, asked for, and passed on to metrics and logs."""

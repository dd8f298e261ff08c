"""HTTP/1.1 from the clients' side, for adapters that are servers themselves: read strictly, within limits and deadlines, streaming both ways."""

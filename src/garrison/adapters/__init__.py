"""What stands in front of web applications: each adapter turns what its server hands over into a request, and the decision into an answer."""

"""The edge: an ASGI application, the request pipeline, and the process that serves them."""

"""A reverse proxy with a web ACL in it: one application behind, HTTP/1.1 on both sides, nothing passed on that could be read in two ways."""

"""The web ACL engine: decides about web requests as AWS WAF does. Takes values and gives values; whoever calls it does the reading and writing."""

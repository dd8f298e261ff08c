"""Test security automation against a real account: a pytest fixture that gives a fresh server to each test."""

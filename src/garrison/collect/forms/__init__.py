"""Forms that Config gives to an answer, where more than names differ from the API's."""

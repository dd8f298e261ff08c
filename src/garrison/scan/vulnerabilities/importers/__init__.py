"""The sources' own forms, each read into the one form of `advisory`; a module a form."""

"""`python -m garrison` is the `garrison` command."""

from garrison.cli import main

if __name__ == "__main__":
    main()

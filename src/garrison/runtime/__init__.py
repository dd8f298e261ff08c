"""How a Garrison runs: its home, the parts a process opens, and the processes themselves."""

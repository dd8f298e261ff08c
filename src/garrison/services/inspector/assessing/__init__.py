"""What assesses hosts in the background: which hosts, from state to state, what rules find, who is told."""

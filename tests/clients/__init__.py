"""Programs that others wrote, over real HTTP: what they are given is what the gate releases, and no more."""

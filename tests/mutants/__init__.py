"""Small wrongs planted in the gate, one at a time, in a copy of the tree: the fast tests must see each of them."""

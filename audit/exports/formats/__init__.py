"""The forms an export can have: each writes a selection into a file it is given and knows nothing of manifests."""

"""Random module sets whose merge is computed by the peer, the nixpkgs module system."""

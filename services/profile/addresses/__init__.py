"""Where somebody can be reached: contact points and identities of all linked ids, each address once."""

"""What customers want to hear, where, how often and in which language; and the signed links to say so."""

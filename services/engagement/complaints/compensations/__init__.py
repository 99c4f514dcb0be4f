"""Making good for a complaint: proposed, approved by another where it is much, and granted exactly once."""

"""Where customers can be reached: contact points, and which of them were verified."""

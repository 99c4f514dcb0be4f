"""Who calls: scopes, callers, and the 60-second tokens by which one service knows another."""

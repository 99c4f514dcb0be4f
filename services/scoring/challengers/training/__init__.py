"""Learning challengers anew, judging them by a backtest, and putting those in force that the rule promotes."""

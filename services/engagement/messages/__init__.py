"""Messages: asked for once, decided twice, sent at most once, explainable for ever."""

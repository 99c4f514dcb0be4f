"""Estimators: pure numerics in scikit-learn's shape, usable in a notebook without the service.

`BetaGeoNBD` (BG/NBD and MBG/NBD) says how often a customer will buy and whether they still do, `GammaGamma` what an
order is worth, `values` what that makes over a horizon, `ladder` how far to believe it. `LogisticChallenger` and
`BoostingChallenger` learn from what customers did, `CustomerClusters` finds groups of them, `BasketRules` what is
bought together, and `recommendations` what to offer next. Time is in any one unit (the service uses days), money in
any one currency.
"""

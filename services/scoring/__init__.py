"""scoring: what a customer is worth, who is about to leave, and what to offer.

Owns: statistics, models, scales and schemes, RFM, value, churn, six dimensions, criteria, lifecycle, tiers, strategies,
warnings, clusters, product rules, recommendations, assessments.
Publishes `scoring.events`: assessment.changed, tier.changed, warning.raised, warning.closed, scheme.published,
erasure.completed.
Consumes `profile.events`, `engagement.events`.

Facts are stored under the customer id they came with and make that id due. The due job computes the statistics of its
canonical id from the facts of all linked ids, appraises it under the models, scales and schemes in force, and tells
which levels moved: nothing is ever added up. docs/scoring.md has the formulas.
"""

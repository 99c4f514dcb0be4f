"""profile: who the customers are and what they did.

Owns: customers, identities, links, consents, orders, behaviour, what scoring and engagement said, the timeline,
segments.
Publishes `profile.events`: customer recorded and linked, contact changed, consent recorded, order recorded, activity
summarised, segments changed.
Consumes `commerce.events` (orders, customers and behaviour from shops), `scoring.events` and `engagement.events`.
"""

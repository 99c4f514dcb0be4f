"""profile: who the customers are and what they did.

Owns: customers, identities, links, consents, preferences, contacts, orders, behaviour, products, segments, timeline,
territories and assignments, sources, imports, erasure, and what scoring and engagement said.
Publishes `profile.events`: customer.recorded, customer.linked, contact.changed, consent.recorded, order.recorded,
activity.summarised, product.recorded, segments.changed, assignment.changed, erasure.requested, erasure.completed.
Consumes `commerce.events` (orders, refunds, customers, behaviour and products from shops), `scoring.events`,
`engagement.events`.
"""

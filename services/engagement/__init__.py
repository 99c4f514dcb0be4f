"""engagement: what we say to customers, when, and what became of it.

Owns: messages and the send decision, templates, channels, sending policy, suppressions,
care rules and occurrences, surveys and their answers, win-back cases, tasks and what they may come to.
Publishes: engagement.message.recorded, engagement.survey.answered, engagement.winback.recorded,
engagement.task.recorded.
Consumes: profile.customer.recorded, profile.customer.linked, profile.consent.recorded, profile.order.recorded,
scoring.assessment.changed, scoring.tier.changed. Asks profile for address and consent at the moment of sending.
"""

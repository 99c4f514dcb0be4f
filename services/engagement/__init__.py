"""engagement: what we say to customers, when, and what became of it.

Owns: messages and the send decision, templates, channels, sending policy, suppressions, calendars, care rules,
campaigns, surveys, win-back cases, tasks, complaints with their clocks, appointments, staff alerts.
Publishes `engagement.events`: message.recorded, optout.received, survey.answered, task.recorded, winback.recorded,
complaint.recorded, erasure.completed.
Consumes `profile.events`, `scoring.events`. Asks profile for address and consent at the moment of sending.
"""

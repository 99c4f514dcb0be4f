"""The HTTP application of profile: which routers it has."""

from fastapi import FastAPI

from services.profile.assignment_rules.api import router as assignment_rules
from services.profile.assignments.api import router as assignments
from services.profile.assignments.handovers.api import router as handovers
from services.profile.assignments.runs.api import router as assignment_runs
from services.profile.attributes.api import router as attributes
from services.profile.categories.api import router as categories
from services.profile.changes.api import router as changes
from services.profile.consents.api import purposes
from services.profile.consents.api import router as consents
from services.profile.contacts.api import router as contacts
from services.profile.deliveries.api import router as deliveries
from services.profile.directory.api import internal as parts
from services.profile.directory.api import router as directory
from services.profile.directory.merges.api import router as merge_previews
from services.profile.disclosures.api import router as disclosures
from services.profile.duplicates.api import router as duplicates
from services.profile.exchange_rates.api import router as exchange_rates
from services.profile.households.api import router as households
from services.profile.identities.api import router as identities
from services.profile.identities.policies.api import router as identity_policy
from services.profile.imports.api import router as imports
from services.profile.ingestion.api import router as ingestion
from services.profile.ingestion.tracking.api import router as tracking
from services.profile.links.api import router as links
from services.profile.managers.api import internal as manager_scopes
from services.profile.managers.api import router as managers
from services.profile.managers.api import staff
from services.profile.markets.api import router as markets
from services.profile.notes.api import router as notes
from services.profile.orders.api import router as orders
from services.profile.orders.gaps.api import router as gaps
from services.profile.organisations.api import router as organisations
from services.profile.organisations.facts.api import router as facts
from services.profile.organisations.members.api import router as members
from services.profile.portraits.api import router as portraits
from services.profile.preferences.api import customers as customer_preferences
from services.profile.preferences.api import router as preferences
from services.profile.privacy.api import export
from services.profile.privacy.api import router as privacy
from services.profile.products.api import router as products
from services.profile.quality.api import router as quality
from services.profile.reach.api import router as reach
from services.profile.regions.api import router as regions
from services.profile.reports.api import router as territory_reports
from services.profile.segments.api import internal as known_segments
from services.profile.segments.api import of_customer as segments_of_customer
from services.profile.segments.api import router as segments
from services.profile.segments.lists.api import router as lists
from services.profile.sources.api import router as sources
from services.profile.tags.api import router as tags
from services.profile.teams.api import router as teams
from services.profile.territories.api import router as territories
from services.profile.timeline.api import router as timeline
from services.profile.webhooks.api import router as webhooks
from shared.runtime import Runtime
from shared.web import app
from shared.web.jobs import router as jobs
from shared.web.retention import router as retention

ROUTERS = (
    *(
        manager_scopes,
        staff,
        known_segments,
        assignment_rules,
        assignments,
        assignment_runs,
        handovers,
        markets,
        territory_reports,
    ),
    *(directory, identities, identity_policy, duplicates, consents, merge_previews, links, timeline, changes),
    *(lists, segments, segments_of_customer, regions, teams, managers, territories, attributes),
    *(notes, tags, contacts, organisations, members, facts, households, portraits, quality),
    *(orders, ingestion, tracking, exchange_rates, reach, parts, imports, products, categories, gaps),
    *(privacy, export, retention, preferences, customer_preferences, purposes),
    *(sources, webhooks, deliveries, disclosures),
)


def create_app(runtime: Runtime) -> FastAPI:
    """The application of profile."""
    return app.create_app(runtime, title="Guanxi profile", routers=[*ROUTERS, jobs("profile")])

"""The whole routing of events of engagement."""

from services.engagement.customers import usecases as customers
from services.engagement.messages import usecases as messages
from services.engagement.occurrences import usecases as occurrences
from services.engagement.orders import usecases as orders
from services.engagement.privacy import usecases as privacy
from services.engagement.products import usecases as products
from services.engagement.segments import usecases as segments
from services.engagement.surveys.invitations import usecases as invitations
from services.engagement.winback import usecases as winback
from shared import ownership
from shared.contracts.engagement import EngagementErased, MessageRecorded, TaskRecorded, WinbackRecorded
from shared.contracts.profile import (
    AssignmentChanged,
    ConsentRecorded,
    ContactChanged,
    CustomerLinked,
    CustomerRecorded,
    ErasureCompleted,
    ErasureRequested,
    OrderRecorded,
    ProductRecorded,
    SegmentsChanged,
)
from shared.contracts.scoring import AssessmentChanged, TierChanged, WarningClosed, WarningRaised
from shared.messaging.handlers import handlers, on

HANDLERS = handlers(
    on(CustomerRecorded, customers.record, emits=[MessageRecorded]),
    on(CustomerLinked, customers.link),
    on(ConsentRecorded, customers.record_consents, messages.heed_withdrawals, messages.heed_grants),
    on(ContactChanged, messages.heed_verifications),
    on(AssignmentChanged, ownership.record),
    on(OrderRecorded, orders.record, occurrences.consider_orders, invitations.consider_orders, emits=[MessageRecorded]),
    on(ProductRecorded, products.record),
    on(SegmentsChanged, segments.record),
    on(AssessmentChanged, customers.record_assessments),
    on(TierChanged, customers.record_tiers),
    on(WarningRaised, winback.open_cases, emits=[WinbackRecorded, TaskRecorded]),
    on(WarningClosed, winback.end_cases, emits=[WinbackRecorded, TaskRecorded]),
    on(ErasureRequested, privacy.erase, emits=[EngagementErased]),  # after all facts of the same batch
    on(ErasureCompleted, privacy.finish),
)

"""surveys of cases."""

import sqlalchemy as sa
from alembic import op

revision = 'e7a91c3d5b28'
down_revision = 'd58e2f7a4c16'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('survey_invitation', 'survey_response'):
        op.add_column(table, sa.Column('complaint_id', sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column('agent_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    for table in ('survey_response', 'survey_invitation'):
        op.drop_column(table, 'agent_id')
        op.drop_column(table, 'complaint_id')

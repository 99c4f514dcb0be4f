"""due days of actions."""

import sqlalchemy as sa
from alembic import op

revision = 'd19f6a3b7c52'
down_revision = 'e3f9a1b64d27'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('corrective_action', sa.Column('due_on', sa.Date(), nullable=True))
    op.create_index(op.f('ix_corrective_action_complaint_id'), 'corrective_action', ['complaint_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_corrective_action_complaint_id'), table_name='corrective_action')
    op.drop_column('corrective_action', 'due_on')

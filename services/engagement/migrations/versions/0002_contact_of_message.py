"""contact_of_message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_message_contact_id'), 'message', ['contact_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_message_contact_id'), table_name='message')

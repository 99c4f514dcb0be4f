"""terms."""

import sqlalchemy as sa
from alembic import op

revision = 'e5a9d3c17b64'
down_revision = 'b7d2c4e81f05'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_note_archived_at', 'note', ['archived_at'], unique=False, postgresql_where=sa.text('archived_at IS NOT NULL'))
    op.create_index('ix_visitor_first_seen_at', 'visitor', ['first_seen_at'], unique=False, postgresql_using='brin')


def downgrade() -> None:
    op.drop_index('ix_visitor_first_seen_at', table_name='visitor', postgresql_using='brin')
    op.drop_index('ix_note_archived_at', table_name='note', postgresql_where=sa.text('archived_at IS NOT NULL'))

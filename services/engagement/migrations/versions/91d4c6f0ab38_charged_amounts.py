"""charged amounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '91d4c6f0ab38'
down_revision = 'c7e20a9d41b8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('order_state', sa.Column('charged', postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column('order_state', 'charged')

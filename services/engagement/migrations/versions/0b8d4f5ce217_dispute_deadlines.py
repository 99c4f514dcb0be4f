"""dispute deadlines."""

import sqlalchemy as sa
from alembic import op

revision = '0b8d4f5ce217'
down_revision = 'f3b61d0a8c75'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sla_signal', sa.Column('deadline', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('sla_signal', 'deadline')

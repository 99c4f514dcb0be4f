"""care tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'c93b5a1e6f40'
down_revision = 'a4c0e17d9b32'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('care_rule', sa.Column('task', postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column('care_rule', 'task')

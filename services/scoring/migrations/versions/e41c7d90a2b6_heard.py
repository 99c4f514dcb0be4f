"""heard: when customers were last heard of live, and which origin a warning was told with."""

import sqlalchemy as sa
from alembic import op

revision = 'e41c7d90a2b6'
down_revision = 'c3d51f08a9e7'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heard',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_heard'))
    )
    op.add_column('warning', sa.Column('origin', sa.String(), server_default='live', nullable=False))
    op.alter_column('warning', 'origin', server_default=None)


def downgrade() -> None:
    op.drop_column('warning', 'origin')
    op.drop_table('heard')

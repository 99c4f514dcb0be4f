"""follow-ups."""

import sqlalchemy as sa
from alembic import op

revision = 'b7d2c4e81f05'
down_revision = '6b3f0c9d2e57'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('task_step',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('task_id', 'status', name=op.f('pk_task_step'))
    )
    op.create_index('ix_task_step_customer_id_at', 'task_step', ['customer_id', 'at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_task_step_customer_id_at', table_name='task_step')
    op.drop_table('task_step')

"""tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'a4c0e17d9b32'
down_revision = '3c95d8a1e6b2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('task',
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('dedupe_key', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('follows_id', sa.Uuid(), nullable=True),
    sa.Column('subject', sa.LargeBinary(), nullable=True),
    sa.Column('script', sa.LargeBinary(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('priority', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rescheduled', sa.BigInteger(), nullable=False),
    sa.Column('escalates_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('task_id', name=op.f('pk_task')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_task_dedupe_key'))
    )
    op.create_index(op.f('ix_task_case_id'), 'task', ['case_id'], unique=False)
    op.create_index(op.f('ix_task_customer_id'), 'task', ['customer_id'], unique=False)
    op.create_index(op.f('ix_task_due_at'), 'task', ['due_at'], unique=False)
    op.create_index('ix_task_escalates_at', 'task', ['escalates_at'], unique=False, postgresql_where=sa.text('escalates_at IS NOT NULL'))
    op.create_index('ix_task_open', 'task', ['priority', 'due_at', 'task_id'], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_index(op.f('ix_task_opened_at'), 'task', ['opened_at'], unique=False)
    op.create_index('ix_task_owner_id', 'task', ['owner_id'], unique=False, postgresql_where=sa.text('owner_id IS NOT NULL'))
    op.create_table('task_outcome',
    sa.Column('outcome_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('outcome_id', name=op.f('pk_task_outcome')),
    sa.UniqueConstraint('code', name=op.f('uq_task_outcome_code'))
    )
    op.create_table('task_policy',
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('escalate_after_hours', sa.BigInteger(), nullable=False),
    sa.Column('low_score', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('by_hand', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('winback', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_task_policy'))
    )


def downgrade() -> None:
    op.drop_table('task_policy')
    op.drop_table('task_outcome')
    op.drop_table('task')

"""staff alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'f3b61d0a8c75'
down_revision = 'a94e7b20d3f1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert_route',
    sa.Column('route_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('target', sa.LargeBinary(), nullable=False),
    sa.Column('causes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('to', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('route_id', name=op.f('pk_alert_route')),
    sa.UniqueConstraint('code', name=op.f('uq_alert_route_code'))
    )
    op.create_table('staff_alert',
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('route_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('tries', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('alert_id', name=op.f('pk_staff_alert'))
    )
    for column in ('created_at', 'due_at', 'route_id', 'subject_id'):
        op.create_index(op.f(f'ix_staff_alert_{column}'), 'staff_alert', [column], unique=False)
    op.create_index(op.f('ix_complaint_closed_at'), 'complaint', ['closed_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_complaint_closed_at'), table_name='complaint')
    op.drop_table('staff_alert')
    op.drop_table('alert_route')

"""appointments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'd58e2f7a4c16'
down_revision = 'c93b5a1e6f40'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('CREATE EXTENSION IF NOT EXISTS btree_gist')  # equality of ids in the exclusion constraints
    op.create_table('appointment',
    sa.Column('appointment_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('manager_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    postgresql.ExcludeConstraint((sa.column('manager_id'), '='), (sa.text('tstzrange(starts_at, ends_at)'), '&&'), where=sa.text("status <> 'cancelled'"), using='gist', name='ex_appointment_manager'),
    postgresql.ExcludeConstraint((sa.column('customer_id'), '='), (sa.text('tstzrange(starts_at, ends_at)'), '&&'), where=sa.text("status <> 'cancelled'"), using='gist', name='ex_appointment_customer'),
    sa.PrimaryKeyConstraint('appointment_id', name=op.f('pk_appointment'))
    )
    op.create_index(op.f('ix_appointment_customer_id'), 'appointment', ['customer_id'], unique=False)
    op.create_index(op.f('ix_appointment_due_at'), 'appointment', ['due_at'], unique=False)
    op.create_index('ix_appointment_manager_id_starts_at', 'appointment', ['manager_id', 'starts_at'], unique=False)
    op.create_index(op.f('ix_appointment_starts_at'), 'appointment', ['starts_at'], unique=False)
    op.create_table('appointment_host',
    sa.Column('manager_id', sa.Uuid(), nullable=False),
    sa.Column('services', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('weekly', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('calendar', sa.Text(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('manager_id', name=op.f('pk_appointment_host'))
    )
    op.create_table('appointment_service',
    sa.Column('service_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('titles', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('minutes', sa.BigInteger(), nullable=False),
    sa.Column('lead_hours', sa.BigInteger(), nullable=False),
    sa.Column('days_ahead', sa.BigInteger(), nullable=False),
    sa.Column('cancel_hours', sa.BigInteger(), nullable=False),
    sa.Column('remind_hours', sa.BigInteger(), nullable=True),
    sa.Column('template', sa.Text(), nullable=False),
    sa.Column('channels', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('service_id', name=op.f('pk_appointment_service')),
    sa.UniqueConstraint('code', name=op.f('uq_appointment_service_code'))
    )


def downgrade() -> None:
    op.drop_table('appointment_service')
    op.drop_table('appointment_host')
    op.drop_table('appointment')

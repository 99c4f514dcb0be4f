"""receipts."""

import sqlalchemy as sa
from alembic import op

revision = '7e3a90d4c158'
down_revision = '5d1f0c7e9a24'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('channel_credit',
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address_hash', sa.LargeBinary(), nullable=False),
    sa.Column('provider_template', sa.Text(), nullable=False),
    sa.Column('remaining', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('remaining >= 0', name=op.f('ck_channel_credit_not_below_zero')),
    sa.PrimaryKeyConstraint('channel', 'address_hash', 'provider_template', name=op.f('pk_channel_credit'))
    )
    op.create_table('optout',
    sa.Column('optout_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('optout_id', name=op.f('pk_optout'))
    )
    op.create_index(op.f('ix_optout_customer_id'), 'optout', ['customer_id'], unique=False)
    op.create_index(op.f('ix_optout_received_at'), 'optout', ['received_at'], unique=False)
    op.create_table('provider_receipt',
    sa.Column('receipt_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('provider', sa.Text(), nullable=False),
    sa.Column('word', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('receipt_id', name=op.f('pk_provider_receipt'))
    )
    op.create_index(op.f('ix_provider_receipt_received_at'), 'provider_receipt', ['received_at'], unique=False)
    op.create_index('ix_message_address_hash', 'message', ['address_hash'], unique=False,
                    postgresql_where=sa.text('address_hash IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_message_address_hash', table_name='message')
    op.drop_table('provider_receipt')
    op.drop_table('optout')
    op.drop_table('channel_credit')

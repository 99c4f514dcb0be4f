"""organisations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('household',
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('head_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('household_id', name=op.f('pk_household'))
    )
    op.create_table('organisation_fact',
    sa.Column('fact_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('fact_id', name=op.f('pk_organisation_fact'))
    )
    op.create_index('ix_organisation_fact_organisation_id_as_of', 'organisation_fact', ['organisation_id', 'as_of'], unique=False)
    op.create_table('organisation_member',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('organisation_id', 'customer_id', name=op.f('pk_organisation_member'))
    )
    op.create_index(op.f('ix_organisation_member_customer_id'), 'organisation_member', ['customer_id'], unique=False)
    op.add_column('customer', sa.Column('industry', sa.Text(), nullable=True))
    op.add_column('customer', sa.Column('size_band', sa.Text(), nullable=True))
    op.add_column('customer', sa.Column('renewal_at', sa.Date(), nullable=True))
    op.add_column('customer', sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='{}'))
    op.alter_column('customer', 'facts', server_default=None)
    op.add_column('customer', sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_customer_household_id'), 'customer', ['household_id'], unique=False)
    op.create_index(op.f('ix_customer_renewal_at'), 'customer', ['renewal_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_customer_renewal_at'), table_name='customer')
    op.drop_index(op.f('ix_customer_household_id'), table_name='customer')
    op.drop_column('customer', 'archived_at')
    op.drop_column('customer', 'facts')
    op.drop_column('customer', 'renewal_at')
    op.drop_column('customer', 'size_band')
    op.drop_column('customer', 'industry')
    op.drop_index(op.f('ix_organisation_member_customer_id'), table_name='organisation_member')
    op.drop_table('organisation_member')
    op.drop_index('ix_organisation_fact_organisation_id_as_of', table_name='organisation_fact')
    op.drop_table('organisation_fact')
    op.drop_table('household')

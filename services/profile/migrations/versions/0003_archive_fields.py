"""archive_fields."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('customer_change',
    sa.Column('change_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('before', sa.LargeBinary(), nullable=False),
    sa.Column('after', sa.LargeBinary(), nullable=False),
    sa.Column('writer', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('change_id', name=op.f('pk_customer_change'))
    )
    op.create_index('ix_customer_change_customer_id_recorded_at', 'customer_change', ['customer_id', 'recorded_at'], unique=False)
    op.execute(
        "UPDATE customer SET field_times = (SELECT jsonb_object_agg(key, value || jsonb_build_array('')) "
        "FROM jsonb_each(field_times)) WHERE field_times <> '{}'"
    )
    op.add_column('customer', sa.Column('occupation', sa.Text(), nullable=True))
    op.add_column('customer', sa.Column('interests', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='[]'))
    op.alter_column('customer', 'interests', server_default=None)
    op.add_column('customer', sa.Column('lifestyle', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='[]'))
    op.alter_column('customer', 'lifestyle', server_default=None)


def downgrade() -> None:
    op.drop_column('customer', 'lifestyle')
    op.drop_column('customer', 'interests')
    op.drop_column('customer', 'occupation')
    op.drop_index('ix_customer_change_customer_id_recorded_at', table_name='customer_change')
    op.drop_table('customer_change')

"""rankings."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ranked_customer',
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('probability', sa.Double(), nullable=False),
    sa.Column('as_of', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('target', 'customer_id', name=op.f('pk_ranked_customer'))
    )
    op.create_index('ix_ranked_customer_target_probability', 'ranked_customer', ['target', 'probability'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_ranked_customer_target_probability', table_name='ranked_customer')
    op.drop_table('ranked_customer')

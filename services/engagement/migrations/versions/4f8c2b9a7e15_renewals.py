"""Day on which a contract is renewed. Of who is stored already, profile's next event or a republish tells it."""

import sqlalchemy as sa
from alembic import op

revision = '4f8c2b9a7e15'
down_revision = '921cfc403b83'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('customer', sa.Column('renewal_at', sa.Date(), nullable=True))
    op.create_index(op.f('ix_customer_renewal_at'), 'customer', ['renewal_at'], unique=False)
    # So that a republish, which repeats versions, is taken in.
    op.execute("UPDATE customer SET version = 0 WHERE kind = 'organisation'")


def downgrade() -> None:
    op.drop_index(op.f('ix_customer_renewal_at'), table_name='customer')
    op.drop_column('customer', 'renewal_at')

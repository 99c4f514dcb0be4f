"""channel providers."""

import sqlalchemy as sa
from alembic import op

revision = '5d1f0c7e9a24'
down_revision = 'e7a91c3d5b28'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('channel', sa.Column('credentials', sa.LargeBinary(), nullable=True))
    op.add_column('channel', sa.Column('rate_per_minute', sa.BigInteger(), nullable=True))
    op.add_column('channel', sa.Column('paced_until', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('channel', 'paced_until')
    op.drop_column('channel', 'rate_per_minute')
    op.drop_column('channel', 'credentials')

"""prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('price_scale',
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('marks', postgresql.ARRAY(sa.Float()), nullable=False),
    sa.PrimaryKeyConstraint('category', name=op.f('pk_price_scale'))
    )


def downgrade() -> None:
    op.drop_table('price_scale')

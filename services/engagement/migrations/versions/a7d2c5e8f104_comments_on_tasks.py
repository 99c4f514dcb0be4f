"""comments on tasks, and who works on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'a7d2c5e8f104'
down_revision = '4f8c2b9a7e15'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('task_comment',
    sa.Column('comment_id', sa.Uuid(), nullable=False),
    sa.Column('task_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('comment_id', name=op.f('pk_task_comment'))
    )
    op.create_index(op.f('ix_task_comment_customer_id'), 'task_comment', ['customer_id'], unique=False)
    op.create_index('ix_task_comment_task_id_created_at', 'task_comment', ['task_id', 'created_at'], unique=False)
    op.add_column('task', sa.Column('collaborators', postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default='[]'))
    op.alter_column('task', 'collaborators', server_default=None)


def downgrade() -> None:
    op.drop_column('task', 'collaborators')
    op.drop_table('task_comment')

"""main categories: who was stored before there were any is looked at within an hour, not all at once."""

from alembic import op

revision = 'c3d51f08a9e7'
down_revision = '7eb9903c1df8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE customer_due AS d SET next_at = soon.at
        FROM (
            SELECT customer_id, now() + random() * interval '1 hour' AS at FROM statistics
            WHERE categories > 0 AND main_category IS NULL
        ) AS soon
        WHERE d.customer_id = soon.customer_id AND (d.next_at IS NULL OR d.next_at > soon.at)
        """
    )


def downgrade() -> None:
    """A look that comes early changes nothing that another would not."""

"""hindered campaigns: why one did not start by itself; ways that hear of everything hear of that, too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'e3f9a1b64d27'
down_revision = 'a7d2c5e8f104'
branch_labels = None
depends_on = None

CAUSE = '["campaign_hindered"]'


def upgrade() -> None:
    op.add_column('campaign', sa.Column('hindrance', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(
        f"""
        UPDATE alert_route SET causes = causes || '{CAUSE}', version = version + 1
        WHERE causes @> '["complaint_escalated", "task_escalated"]'
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM staff_alert WHERE cause = 'campaign_hindered'")
    op.execute("UPDATE alert_route SET causes = causes - 'campaign_hindered', version = version + 1")
    op.drop_column('campaign', 'hindrance')

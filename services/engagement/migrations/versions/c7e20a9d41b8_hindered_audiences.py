"""hindered audiences: why a rule or a survey was paused by itself; ways that hear of everything hear of that, too."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'c7e20a9d41b8'
down_revision = 'd19f6a3b7c52'
branch_labels = None
depends_on = None

CAUSES = '["care_rule_hindered", "survey_hindered"]'


def upgrade() -> None:
    for table in ('care_rule', 'survey'):
        op.add_column(table, sa.Column('hindrance', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(
        f"""
        UPDATE alert_route SET causes = causes || '{CAUSES}', version = version + 1
        WHERE causes @> '["complaint_escalated", "task_escalated", "campaign_hindered"]'
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM staff_alert WHERE cause IN ('care_rule_hindered', 'survey_hindered')")
    op.execute(
        "UPDATE alert_route SET causes = causes - 'care_rule_hindered' - 'survey_hindered', version = version + 1"
    )
    for table in ('care_rule', 'survey'):
        op.drop_column(table, 'hindrance')

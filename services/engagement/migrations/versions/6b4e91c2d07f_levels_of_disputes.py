"""levels of disputes: policies and promises from before there were any get those that new policies begin with."""

from alembic import op

revision = '6b4e91c2d07f'
down_revision = '0b8d4f5ce217'
branch_labels = None
depends_on = None

LEVELS = '[{"metric": "dispute", "percent": 75, "to": "owner"}, {"metric": "dispute", "percent": 100, "to": "lead"}]'


def upgrade() -> None:
    op.execute(
        f"""
        UPDATE sla_policy SET escalations = escalations || '{LEVELS}', version = version + 1
        WHERE NOT escalations @> '[{{"metric": "dispute"}}]'
        """
    )
    # Of a dispute that is over nobody is to be told any more.
    op.execute(
        f"""
        UPDATE sla_signal AS s
        SET promised = jsonb_set(promised, '{{escalations}}', promised -> 'escalations' || '{LEVELS}')
        WHERE promised ->> 'policy' IS NOT NULL AND NOT promised -> 'escalations' @> '[{{"metric": "dispute"}}]'
        AND NOT EXISTS (
            SELECT FROM sla_clock AS c WHERE c.subject_id = s.subject_id AND c.metric = 'dispute'
            AND (c.met_at IS NOT NULL OR c.cancelled_at IS NOT NULL)
        )
        """
    )


def downgrade() -> None:
    """What a level says stays: nothing tells those that were added from those that somebody chose."""

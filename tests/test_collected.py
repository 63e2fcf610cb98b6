"""Cash, effectiveness, behaviour and losses, told as ledgers: each threshold missed by a day or a cent on both
sides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from countback import Misuse
from countback.analytics.explained import UnableToExplain
from tests.asking import amounts, assert_closes, figure, left_out, rows, value, values
from tests.ledger import books_of

RETURNED = """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-05 invoice I2 A 60.00 due 2024-02-04
    2024-01-25 credit_note C1 A 10.00 -> I2 10.00
    2024-01-31 payment P1 A 130.00 -> I1 100.00, I2 20.00
    2024-02-01 payment P2 A 25.00 -> I2 25.00
    2024-03-01 reversal P1
"""


def test_cash_applied_by_day_of_effect_and_of_return(tmp_path):
    with books_of(RETURNED, tmp_path) as books:
        assert value(books, "cash_applied", "2024-01-30") == 0
        assert value(books, "cash_applied", "2024-01-31") == 120
        assert value(books, "cash_applied", "2024-02-29") == 25
        assert value(books, "cash_applied", "2024-03-01") == -120
        assert value(books, "open_receivables", "2024-02-29") == 5
        assert value(books, "open_receivables", "2024-03-01") == 125
        assert value(books, "unapplied_credits", "2024-02-29") == 10
        assert value(books, "unapplied_credits", "2024-03-01") == 0
        assert left_out(books, "cash_applied", "2024-01-31") == {
            row_id: reason
            for row_id, reason in left_out(books, "cash_applied", "2024-01-31").items()
            if "no cash" in reason or "not yet applied" in reason
        }
        assert sorted(left_out(books, "cash_applied", "2024-01-31").values()) == [
            "applied from a credit note, which is no cash", "not yet applied to an invoice",
        ]  # fmt: skip


def test_returned_payment_says_nothing_about_paying(tmp_path):
    with books_of(RETURNED, tmp_path) as books:
        quarter = {"every": "quarter"}
        assert value(books, "average_days_to_pay", "2024-02-29", **quarter) == round(
            Decimal(120 * 26 + 25 * 27) / 145, 2
        )
        assert value(books, "average_days_to_pay", "2024-03-01", **quarter) == 27
        assert value(books, "days_beyond_terms", "2024-03-01", **quarter) == -3
        reasons = sorted(
            row["reason"] for row in rows(books, "late_payment_share", "2024-03-01", "left_out", **quarter)
        )
        assert reasons == [
            "applied from a credit note, which is no cash", "the payment was returned", "the payment was returned",
            "the return of a payment", "the return of a payment",
        ]  # fmt: skip
        assert_closes(books, "average_days_to_pay", "2024-03-01", **quarter)
        assert (
            figure(books, "average_days_to_pay", "2024-03-31")["reason"]
            == "no cash was applied in the period"
        )


TERMS = """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-01-31
    2024-01-01 invoice I2 A 300.00 due 2024-01-31
    2024-01-30 payment P1 A 100.00 -> I1 100.00
    2024-01-31 payment P2 A 100.00 -> I2 100.00
    2024-02-01 payment P3 A 200.00 -> I2 200.00
"""


def test_paid_on_the_due_date_is_in_time(tmp_path):
    with books_of(TERMS, tmp_path) as books:
        asked = {"every": "quarter"}
        assert value(books, "late_payment_share", "2024-01-31", **asked) == 0
        assert value(books, "late_payment_share", "2024-02-01", **asked) == 50
        assert value(books, "days_beyond_terms", "2024-02-01", **asked) == Decimal("0.25")
        assert value(books, "days_beyond_terms", "2024-02-01", params={"floor": "0"}, **asked) == Decimal(
            "0.5"
        )
        assert value(books, "weighted_terms", "2024-02-01", **asked) == 30


def test_weighted_terms_count_instalments_each(tmp_path):
    """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-03-01
    instalment I1 25.00 due 2024-01-11
    instalment I1 75.00 due 2024-01-31
    2024-01-02 credit_note C1 A 50.00
    """
    with books_of(test_weighted_terms_count_instalments_each.__doc__, tmp_path) as books:
        assert value(books, "weighted_terms", "2024-01-31") == 25


def test_collection_rate_counts_what_is_due_by_the_end(tmp_path):
    """
    customer A
    2023-12-01 invoice I1 A 100.00 due 2023-12-31
    2023-12-15 payment P1 A 40.00 -> I1 40.00             # before the period: 60 are left
    2024-01-10 invoice I2 A 200.00 due 2024-01-31         # due on the last day: counts
    2024-01-10 invoice I3 A 400.00 due 2024-02-01         # due a day later: does not
    2024-01-20 payment P2 A 130.00 -> I1 30.00, I3 100.00
    """
    with books_of(test_collection_rate_counts_what_is_due_by_the_end.__doc__, tmp_path) as books:
        found = figure(books, "collection_rate", "2024-01-31")
        assert (found["numerator"], found["denominator"]) == (30, 260)
        assert list(left_out(books, "collection_rate", "2024-01-31").values()) == [
            "the invoice is due after the period"
        ]
        assert value(books, "collection_rate", "2024-01-30") == 50
        assert value(books, "collection_rate", "2023-11-30") is None


def test_recovered_counts_only_what_was_overdue_the_day_before(tmp_path):
    """
    customer A
    2023-12-01 invoice I1 A 100.00 due 2023-12-30         # overdue on the 31st
    2023-12-01 invoice I2 A 300.00 due 2023-12-31         # due that day: not overdue
    2024-01-10 payment P1 A 50.00 -> I1 20.00, I2 30.00
    """
    with books_of(test_recovered_counts_only_what_was_overdue_the_day_before.__doc__, tmp_path) as books:
        assert value(books, "recovered_to_outstanding", "2024-01-31") == 20
        assert amounts(books, "recovered_to_outstanding", "2024-01-31", "denominator") == {"I1": 100}
        assert value(books, "recovered_to_outstanding", "2024-02-29") == 0
        assert value(books, "recovered_to_outstanding", "2023-12-31") is None


def test_effectiveness_of_cash_leaves_credit_notes_out(tmp_path):
    """
    customer A
    2024-01-10 invoice I1 A 100.00 due 2024-01-20
    2024-01-15 credit_note C1 A 40.00 -> I1 40.00
    2024-01-16 payment P1 A 30.00 -> I1 30.00
    """
    with books_of(test_effectiveness_of_cash_leaves_credit_notes_out.__doc__, tmp_path) as books:
        index = figure(books, "collection_effectiveness_index", "2024-01-31")
        assert (index["numerator"], index["denominator"]) == (30, 60)
        assert value(books, "cash_collection_effectiveness_index", "2024-01-31") == 50
        with pytest.raises(Misuse, match="1 to 1200 months"):
            value(books, "collection_effectiveness_index", "2024-01-31", params={"months": 0})
        with pytest.raises(Misuse, match="one day at least"):
            value(books, "dso", "2024-01-31", params={"window": 0})


WRITTEN_OFF = """
    customer A
    2023-02-01 invoice I1 A 100.00 due 2023-03-01
    2023-02-02 invoice I2 A 900.00 due 2023-03-01
    2023-03-01 payment P1 A 40.00 -> I1 40.00
    2024-02-01 write_off W1 I1 60.00
    2024-02-10 payment P2 A 25.00 -> I1 25.00
"""


def test_bad_debt_gross_and_net_of_recoveries(tmp_path):
    with books_of(WRITTEN_OFF, tmp_path) as books:
        assert value(books, "bad_debt_ratio", "2024-01-31") == 0
        # the window of 365 days ending on 1 February 2024 begins on 2 February 2023
        assert value(books, "bad_debt_ratio", "2024-02-01", 4) == Decimal("6.6667")
        assert value(books, "bad_debt_ratio", "2024-02-02") is None
        assert value(books, "open_receivables", "2024-02-29") == 900
        assert value(books, "cash_applied", "2024-02-29") == 0
        assert "a recovery" in "".join(left_out(books, "cash_applied", "2024-02-29").values())


def test_recovery_counts_with_net_alone(tmp_path):
    with books_of(WRITTEN_OFF + "    2024-01-02 invoice I3 A 500.00 due 2024-02-01\n", tmp_path) as books:
        assert value(books, "bad_debt_ratio", "2024-02-29") == 12
        assert value(books, "bad_debt_ratio", "2024-02-29", params={"net": True}) == 7
        assert list(left_out(books, "bad_debt_ratio", "2024-02-29").values()) == [
            "recoveries count with net=true only"
        ]  # fmt: skip
        assert left_out(books, "bad_debt_ratio", "2024-02-29", params={"net": True}) == {}


def test_loss_allowance_from_the_books_own_roll(tmp_path):
    """
    customer A segment=big
    customer B segment=small
    2023-01-05 invoice I1 A 300.00 due 2023-01-20
    2023-01-05 invoice I2 B 100.00 due 2023-01-20
    2023-06-01 write_off W1 I2 100.00
    2023-07-01 payment P1 A 300.00 -> I1 300.00
    2024-01-05 invoice I3 A 80.00 due 2024-01-20
    """
    with books_of(test_loss_allowance_from_the_books_own_roll.__doc__, tmp_path) as books:
        assert value(books, "loss_allowance", "2024-01-31") == 20
        # one rate for all of the books, whatever is asked of them
        assert values(books, "loss_allowance", "2024-01-31", "segment") == {"big": 20}
        assert value(books, "loss_allowance", "2024-01-31", where={"segment": "big"}) == 20
        unknown = figure(books, "loss_allowance", "2024-06-30")
        assert unknown["value"] is None
        assert "nothing was open 365 days before" in unknown["reason"]
        with pytest.raises(Misuse, match="2 rates were given for the 5 buckets"):
            value(books, "loss_allowance", "2024-01-31", params={"rates": "1,2"})


MANY = "\n".join(
    ["customer C0"]
    + [f"customer C{n}\n2024-01-05 invoice I{n} C{n} {n}.00 due 2024-01-{10 + n}" for n in range(1, 13)]
)


def test_largest_ten_and_concentration(tmp_path):
    with books_of(MANY, tmp_path) as books:
        assert value(books, "top_10_share", "2024-01-05") == round(Decimal(75) / 78 * 100, 2)
        assert set(amounts(books, "top_10_share", "2024-01-05")) == {f"I{n}" for n in range(3, 13)}
        assert_closes(books, "top_10_share", "2024-01-05")
        squares = Decimal(sum(n * n for n in range(1, 13)))
        assert value(books, "concentration", "2024-01-05") == round(squares / 78 / 78 * 100, 2)
        assert value(books, "top_10_share", "2024-01-04") is None
        assert value(books, "concentration", "2024-01-04") is None


def test_accounts_are_counted_once_and_from_the_day_after_due(tmp_path):
    with books_of(MANY + "\n2024-01-05 invoice J1 C1 5.00 due 2024-01-11", tmp_path) as books:
        found = figure(books, "overdue_accounts_share", "2024-01-11")
        assert (found["numerator"], found["denominator"]) == (0, 12)
        found = figure(books, "overdue_accounts_share", "2024-01-12")
        assert (found["numerator"], found["denominator"]) == (1, 12)
        assert len(left_out(books, "overdue_accounts_share", "2024-01-12")) == 11


def test_what_counts_in_two_groups_is_not_explained(tmp_path):
    """
    customer A
    2024-01-05 invoice I1 A 10.00 due 2024-01-20 salesperson=sue
    2024-01-05 invoice I2 A 10.00 due 2024-01-20 salesperson=tom
    """
    with books_of(test_what_counts_in_two_groups_is_not_explained.__doc__, tmp_path) as books:
        asked = {"start": date(2024, 1, 15), "end": date(2024, 1, 31)}
        with pytest.raises(UnableToExplain, match="do not sum to the whole"):
            books.explain("overdue_accounts_share", by="salesperson", **asked)
        parts = books.explain("overdue_accounts_share", by="segment", **asked).to_dicts()
        assert sum(part["contribution"] for part in parts) == 100


DISPUTED = """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    instalment I1 40.00 due 2024-01-20
    instalment I1 60.00 due 2024-02-04
    2024-01-10 dispute D1 I1 50.00
    2024-01-25 resolve D1 upheld
    2024-01-06 payment P1 A 30.00
"""


def test_disputed_and_net_take_off_what_they_say(tmp_path):
    """A dispute fills the earliest instalment first; from its resolution on it takes nothing off."""
    with books_of(DISPUTED, tmp_path) as books:
        without = {"params": {"disputed": "exclude"}}
        assert value(books, "open_receivables", "2024-01-09", **without) == 100
        assert value(books, "open_receivables", "2024-01-10", **without) == 50
        assert value(books, "overdue_receivables", "2024-01-24", **without) == 0
        assert value(books, "current_receivables", "2024-01-24", **without) == 50
        assert value(books, "open_receivables", "2024-01-25", **without) == 100
        net = {"params": {"basis": "net"}}
        assert value(books, "open_receivables", "2024-01-24", **net) == 70
        assert value(books, "overdue_receivables", "2024-01-24", **net) == 10
        assert value(books, "overdue_share", "2024-01-24", **net) == round(Decimal(10) / 70 * 100, 2)
        assert value(books, "current_share", "2024-01-24", **net) == round(Decimal(60) / 70 * 100, 2)
        assert value(books, "open_receivables", "2024-01-24", where={"bucket": "1-30"}, **net) == 40
        both = {"params": {"basis": "net", "disputed": "exclude"}}
        assert value(books, "dso", "2024-01-24", **both) == round(Decimal(20) / 100 * 90, 2)
        assert_closes(books, "dso", "2024-01-24", **both)


def test_turnover_takes_the_mean_of_both_ends(tmp_path):
    """
    customer A
    2023-01-31 invoice I1 A 100.00 due 2023-02-28
    2023-06-30 payment P1 A 100.00 -> I1 100.00
    2024-01-31 invoice I2 A 300.00 due 2024-02-28
    """
    with books_of(test_turnover_takes_the_mean_of_both_ends.__doc__, tmp_path) as books:
        found = figure(books, "receivables_turnover", "2024-01-31")
        assert (found["numerator"], found["denominator"], found["value"]) == (300, 200, Decimal("1.5"))
        assert figure(books, "receivables_turnover", "2024-01-30")["denominator"] == 0

-- A row for each customer with something overdue. `found_…` are the engine's figures, in one currency; the rest is read
-- from the books as they stand on $as_of.
--
-- What is disputed, promised or in a plan is taken off what is overdue once only, in this order: an invoice placed with
-- an agency or held, then a plan, then disputes, then promises that name the invoice, then those of the whole account.
-- Where an invoice has several overdue instalments, or a promise is of the whole account, the oldest gives way first.
WITH
items AS (
  SELECT f.customer_id, f.invoice_id, f.row_id, f.currency, f.due_on, f.amount, r.rate,
    CASE WHEN $as_of::DATE - f.due_on <= $low THEN 1 WHEN $as_of::DATE - f.due_on <= $middle THEN 2
      WHEN $as_of::DATE - f.due_on <= $high THEN 3 ELSE 4 END AS bucket,
    f.invoice_id IN (SELECT invoice_id FROM books.placements WHERE invoice_id IS NOT NULL AND placed_on <= $as_of
      AND (recalled_on IS NULL OR recalled_on > $as_of)) AS placed,
    f.invoice_id IN (SELECT invoice_id FROM found_held) AS kept_back,
    f.invoice_id IN (SELECT invoice_id FROM found_planned) AS in_plan
  FROM found_items f LEFT JOIN found_rates r USING (currency)
),
disputes AS (
  SELECT invoice_id, sum(amount) AS amount FROM books.disputes
  WHERE opened_on <= $as_of AND (resolved_on IS NULL OR resolved_on > $as_of) GROUP BY invoice_id
),
promises AS (
  SELECT p.promise_id, p.customer_id, p.invoice_id, p.currency, p.made_on, p.due_on, p.amount, f.outcome
  FROM found_promises f JOIN books.promises p ON p.promise_id = f.row_id
),
cash AS (
  SELECT a.customer_id, a.invoice_id, a.currency, a.applied_on, a.amount
  FROM books.allocations a JOIN books.payments y ON y.payment_id = a.payment_id
  WHERE a.applied_on <= $as_of AND (y.reversed_on IS NULL OR y.reversed_on > $as_of)
    AND a.customer_id IN (SELECT customer_id FROM promises WHERE outcome = 'open')
),
kept_so_far AS (
  SELECT promise_id, sum(amount) AS paid FROM (
    SELECT p.promise_id, c.amount FROM promises p JOIN cash c ON c.invoice_id = p.invoice_id
    WHERE p.outcome = 'open' AND c.applied_on >= p.made_on
    UNION ALL
    SELECT p.promise_id, c.amount FROM promises p JOIN cash c ON c.customer_id = p.customer_id AND c.currency = p.currency
    WHERE p.outcome = 'open' AND p.invoice_id IS NULL AND c.applied_on >= p.made_on
  ) GROUP BY promise_id
),
waited_for AS (
  SELECT p.*, greatest(p.amount - coalesce(k.paid, 0), 0) AS still
  FROM promises p LEFT JOIN kept_so_far k USING (promise_id) WHERE p.outcome = 'open'
),
by_invoice AS (
  SELECT invoice_id, sum(still) AS amount FROM waited_for
  WHERE invoice_id IS NOT NULL AND due_on >= $as_of GROUP BY invoice_id
),
by_account AS (
  SELECT customer_id, currency, sum(still) AS amount FROM waited_for
  WHERE invoice_id IS NULL AND due_on >= $as_of GROUP BY customer_id, currency
),
-- Each step: what is left of an item, and what of it the older items of the same invoice or account have used up.
whole AS (
  SELECT *, CASE WHEN placed OR kept_back OR in_plan THEN 0 ELSE amount END::DECIMAL(38, 14) AS rest FROM items
),
contested AS (
  SELECT w.*, least(w.rest, greatest(0, coalesce(d.amount, 0) * w.rate
    - coalesce(sum(w.rest) OVER (PARTITION BY w.invoice_id ORDER BY w.due_on, w.row_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))::DECIMAL(38, 14) AS disputed
  FROM whole w LEFT JOIN disputes d USING (invoice_id)
),
promised_apart AS (
  SELECT c.* EXCLUDE (rest), c.rest - c.disputed AS rest, least(c.rest - c.disputed,
    greatest(0, coalesce(p.amount, 0) * c.rate - coalesce(sum(c.rest - c.disputed) OVER (PARTITION BY c.invoice_id
      ORDER BY c.due_on, c.row_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))::DECIMAL(38, 14) AS named
  FROM contested c LEFT JOIN by_invoice p USING (invoice_id)
),
promised_whole AS (
  SELECT n.* EXCLUDE (rest), n.rest - n.named AS rest, least(n.rest - n.named,
    greatest(0, coalesce(p.amount, 0) * n.rate - coalesce(sum(n.rest - n.named) OVER (
      PARTITION BY n.customer_id, n.currency ORDER BY n.due_on, n.row_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)))::DECIMAL(38, 14) AS unnamed
  FROM promised_apart n LEFT JOIN by_account p ON p.customer_id = n.customer_id AND p.currency = n.currency
),
owing AS (
  SELECT customer_id, min(due_on) AS oldest_due_on,
    sum(CASE WHEN bucket = 1 THEN amount ELSE 0 END)::DECIMAL(38, 14) AS overdue_1,
    sum(CASE WHEN bucket = 2 THEN amount ELSE 0 END)::DECIMAL(38, 14) AS overdue_2,
    sum(CASE WHEN bucket = 3 THEN amount ELSE 0 END)::DECIMAL(38, 14) AS overdue_3,
    sum(CASE WHEN bucket = 4 THEN amount ELSE 0 END)::DECIMAL(38, 14) AS overdue_4,
    sum(CASE WHEN bucket = 1 THEN rest - unnamed ELSE 0 END)::DECIMAL(38, 14) AS free_1,
    sum(CASE WHEN bucket = 2 THEN rest - unnamed ELSE 0 END)::DECIMAL(38, 14) AS free_2,
    sum(CASE WHEN bucket = 3 THEN rest - unnamed ELSE 0 END)::DECIMAL(38, 14) AS free_3,
    sum(CASE WHEN bucket = 4 THEN rest - unnamed ELSE 0 END)::DECIMAL(38, 14) AS free_4,
    sum(disputed) AS disputed, sum(named + unnamed) AS promised,
    sum(CASE WHEN in_plan AND NOT (placed OR kept_back) THEN amount ELSE 0 END)::DECIMAL(38, 14) AS planned,
    sum(CASE WHEN placed THEN amount ELSE 0 END)::DECIMAL(38, 14) AS placed,
    sum(CASE WHEN kept_back AND NOT placed THEN amount ELSE 0 END)::DECIMAL(38, 14) AS kept_back
  FROM promised_whole GROUP BY customer_id
),
contacts AS (
  SELECT customer_id, max(contacted_on::DATE) AS last_contact_on,
    list(contacted_on::DATE ORDER BY contacted_on) FILTER (WHERE coalesce(direction, 'out') <> 'in'
      AND contacted_on::DATE > $as_of::DATE - $days::INTEGER) AS contacted_on
  FROM books.contacts
  WHERE contacted_on::DATE <= $as_of AND coalesce(outcome, '') NOT IN ('bounced', 'wrong_party')
    AND customer_id IN (SELECT customer_id FROM found_items)
  GROUP BY customer_id
),
judged AS (
  SELECT p.customer_id, count(*) FILTER (WHERE p.outcome IN ('kept', 'partly kept', 'broken')) AS promises,
    count(*) FILTER (WHERE p.outcome = 'broken') AS broken,
    max(p.due_on) FILTER (WHERE p.due_on < $as_of AND p.due_on >= coalesce(c.last_contact_on, DATE '0001-01-01')
      AND (p.outcome IN ('partly kept', 'broken') OR w.still > 0)) AS promise_due_on
  FROM promises p LEFT JOIN contacts c USING (customer_id) LEFT JOIN waited_for w USING (promise_id)
  GROUP BY p.customer_id
),
paying AS (
  SELECT by_customer AS customer_id, sum(numerator) AS paid_days, sum(denominator) AS paid FROM found_days GROUP BY ALL
),
owed AS (SELECT by_customer AS customer_id, sum(value) AS owed FROM found_owed GROUP BY ALL),
away AS (
  SELECT customer_id, 'placed with ' || min(agency) AS hold FROM books.placements
  WHERE invoice_id IS NULL AND placed_on <= $as_of AND (recalled_on IS NULL OR recalled_on > $as_of) GROUP BY customer_id
)
SELECT o.customer_id, c.name, c.collector, overdue_1, overdue_2, overdue_3, overdue_4, free_1, free_2, free_3, free_4,
  o.oldest_due_on, o.disputed, o.promised, o.planned, o.placed, o.kept_back,
  c.credit_limit * r.rate AS credit_limit, coalesce(owed.owed, 0), paying.paid_days, paying.paid,
  coalesce(j.promises, 0), coalesce(j.broken, 0), j.promise_due_on, k.last_contact_on, k.contacted_on, f.follow_up_on,
  coalesce(h.hold, away.hold)/* dimensions */
FROM owing o JOIN books.customers c USING (customer_id)
LEFT JOIN paying USING (customer_id) LEFT JOIN owed USING (customer_id) LEFT JOIN judged j USING (customer_id)
LEFT JOIN contacts k USING (customer_id) LEFT JOIN away USING (customer_id)
LEFT JOIN found_follow_ups f USING (customer_id) LEFT JOIN found_holds h USING (customer_id)
LEFT JOIN found_rates r ON r.currency = coalesce(c.currency, $only::VARCHAR)
ORDER BY o.customer_id

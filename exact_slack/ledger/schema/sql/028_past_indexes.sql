-- a supplier may have thousands of purchases: what is asked for each new one is found at once
CREATE INDEX purchases_latest ON purchases (division, supplier, kind, place, cents, orders);
CREATE INDEX purchases_reference
    ON purchases (division, supplier, replace(lower(reference), ' ', ''));

-- The demo's rows, each table after those that it refers to. What stands in a CASE are values that
-- go wrong where software is careless; the others are plain.

INSERT INTO Customer
WITH Note (N, Text) AS (
    VALUES (0, NULL), (1, ''), (2, 'Prefers e-mail'),
        (3, 'Called twice.' || char(10) || 'Nobody answered.'),
        (4, replace(hex(zeroblob(425)), '0', 'Every note may be long. ')),
        (5, '<script>alert(''hi'')</script>')
),
Drawn AS (
    SELECT Random.*, date(Day, -(C % 9000) || ' days') AS Since FROM Random, Today WHERE N <= 500
)
SELECT Drawn.N, coalesce(OddName.Name, FirstName.Name || ' ' || LastName.Name), City, Country,
    CASE WHEN Drawn.N % 9 > 0 THEN 'customer' || Drawn.N || '@example.org' END,
    Since, CASE WHEN Drawn.N % 5 > 0 THEN date(Since, -(6600 + D % 20000) || ' days') END, E % 2,
    CASE Drawn.N
        WHEN 1 THEN 0.1 WHEN 2 THEN -1.5 WHEN 3 THEN 1e-7 WHEN 4 THEN 1.7976931348623157e308
        WHEN 5 THEN 5e-324 WHEN 6 THEN 0.30000000000000004 WHEN 7 THEN 100.0
        ELSE round(F % 100000 / 1000.0, 3)
    END,
    A / 16 % 500 * 100,
    -- The first customers show every kind of note and picture, the others mostly none.
    CASE
        WHEN Drawn.N <= 12 THEN Note.Text WHEN B % 4 = 0 THEN ''
        WHEN B % 4 = 1 THEN 'Prefers e-mail'
    END,
    CASE
        WHEN Drawn.N > 20 AND D % 3 > 0 OR Drawn.N % 5 = 0 THEN NULL
        WHEN Drawn.N % 5 = 1 THEN x''
        ELSE Picture.Bytes
    END
FROM Drawn
LEFT JOIN OddName ON OddName.N = Drawn.N
JOIN FirstName ON FirstName.N = A % 20
JOIN LastName ON LastName.N = B % 16
JOIN Place ON Place.N = C % 12
JOIN Note ON Note.N = Drawn.N % 6
JOIN Picture ON Picture.N = Drawn.N % 4
ORDER BY Drawn.N;

INSERT INTO Branch
SELECT Code, City, Country, '0' || (7 + A % 3) || ':30:00', (16 + B % 3) || ':00:00',
    CASE C % 3 WHEN 1 THEN 3 WHEN 2 THEN 12 END
FROM BranchCode JOIN Random ON Random.N = BranchCode.N + 1 JOIN Place ON Place.N = D % 12
ORDER BY BranchCode.N;

INSERT INTO Account
WITH Drawn AS (
    SELECT Random.*, date(Day, -(A % 5000) || ' days') AS Opened, Day
    FROM Random, Today WHERE Random.N <= 160
),
Numbered AS (
    -- In two parts: 64 bits are too few for all digits and their letters.
    SELECT Drawn.N, Country, Letters, Last, Numbers, 100000000 + B * 50 + Drawn.N AS First,
        C * 50 % Numbers AS Second
    FROM Drawn JOIN Numbering ON Numbering.N = D % 3
)
SELECT Drawn.N, 1 + B % 400,
    printf('%s%02d%d%0*d', Country,
        98 - ((First % 97 * Numbers + Second) % 97 * 1000000 + Letters * 100) % 97,
        First, Last, Second),
    CASE E % 4 WHEN 0 THEN 'EUR' WHEN 1 THEN 'USD' ELSE 'CHF' END,
    CASE Drawn.N
        WHEN 1 THEN '0.10' WHEN 2 THEN '-0.10' WHEN 3 THEN '0.00' WHEN 4 THEN '1200.00'
        WHEN 5 THEN '-350.55' WHEN 6 THEN '999999999999.99' WHEN 7 THEN '100.00'
        WHEN 8 THEN '0.01' WHEN 9 THEN '19.90'
        ELSE (F % 9200000 - 200000) / 100.0
    END,
    Opened,
    CASE WHEN Drawn.N % 8 = 0 THEN
        date(Opened, ((julianday(Day) - julianday(Opened)) / 2) || ' days')
    END,
    Drawn.N % 8 > 0,
    CASE Drawn.N
        WHEN 1 THEN 9007199254740991 WHEN 2 THEN 9007199254740992 WHEN 3 THEN 9007199254740993
        WHEN 4 THEN -9007199254740993 WHEN 5 THEN 9223372036854775807
        WHEN 6 THEN -9223372036854775808 WHEN 7 THEN 0
        ELSE (C << 38) + (D << 14) + E % 16384
    END
FROM Drawn JOIN Numbered ON Numbered.N = Drawn.N
ORDER BY Drawn.N;

INSERT INTO Movement
WITH Drawn AS (
    -- Every fiftieth is booked in the same millisecond as the one before: a sort by time alone
    -- would be ambiguous.
    SELECT Random.*, 1 + A % 150 AS Account,
        CASE WHEN N % 50 = 0 THEN lag(N * 5079483 + F % 5000000) OVER (ORDER BY N)
            ELSE N * 5079483 + F % 5000000
        END AS Time
    FROM Random
),
Timed AS (
    SELECT Drawn.*,
        datetime('2024-07-01', (Time / 1000) || ' seconds') || printf('.%03d', Time % 1000)
            AS Booked
    FROM Drawn
)
SELECT Timed.N, Timed.Account, Booked, date(Booked, (B % 3) || ' days'),
    Sign * (5 + C % 499995) / 100.0, Account.Currency, Kind.Name,
    CASE Kind.Party WHEN 'somebody' THEN Counterparty.Name END, Memo.Text
FROM Timed
JOIN Account ON Account.ID = Timed.Account -- the last accounts have no movements
JOIN Kind ON Kind.N = D % 9
JOIN Counterparty ON Counterparty.N = E % 7
JOIN Memo ON Memo.N = F % 11
ORDER BY Timed.N;

INSERT INTO ExchangeRate
WITH RECURSIVE Walk (Currency, Number, Position, Rate) AS (
    SELECT Code, N, 0, Rate FROM Currency
    UNION ALL
    SELECT Currency, Number, Position + 1,
        CASE Currency WHEN 'CHF' THEN Rate ELSE Rate * (0.995 + A % 10000 / 1000000.0) END
    FROM Walk JOIN Random ON Random.N = Number * 180 + Position + 1
    WHERE Position < 180
)
SELECT Currency, date(Day, (Position - 180) || ' days'), printf('%.6f', Rate)
FROM Walk, Today WHERE Position > 0
ORDER BY Number, Position;

INSERT INTO Card
SELECT Random.N, 1 + A % 160, CASE WHEN Random.N % 4 > 0 THEN BranchCode.Code END,
    printf('**** **** **** %04d', B % 10000), C % 2,
    CASE D % 3 WHEN 0 THEN '0.00' WHEN 1 THEN '29.90' ELSE '49.50' END, Currency.Code,
    date(Day, -(1 + F % 179) || ' days')
FROM Random, Today
JOIN BranchCode ON BranchCode.N = Random.N % 14
JOIN Currency ON Currency.N = E % 6
WHERE Random.N <= 120
ORDER BY Random.N;

INSERT INTO Audit
WITH Times (N, Least) AS (VALUES (1, 0), (2, 2), (3, 3))
SELECT printf('%s %02d:%02d:00', date(Day, -(A % 60) || ' days'), B % 24, C % 60), FirstName.Name,
    CASE D % 3 WHEN 0 THEN 'login' WHEN 1 THEN 'logout' ELSE 'export' END,
    CASE E % 3 WHEN 0 THEN '' WHEN 1 THEN 'at the counter' END
FROM Random, Today
JOIN FirstName ON FirstName.N = F % 20
JOIN Times ON F % 4 >= Least
WHERE Random.N <= 100
ORDER BY Random.N;

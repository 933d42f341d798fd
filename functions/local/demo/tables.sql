-- The demo bank: one table for each thing that published tables may look like. rows.sql fills them.

CREATE TABLE Customer (
    ID          INTEGER PRIMARY KEY,
    Name        VARCHAR(80) NOT NULL,
    City        VARCHAR(40) NOT NULL,
    Country     CHAR(2) NOT NULL,
    Email       VARCHAR(80),
    Since       DATE NOT NULL,
    Birthday    DATE,
    Newsletter  BOOLEAN NOT NULL,
    Score       DOUBLE,
    CreditLimit DECIMAL(12,2) NOT NULL,
    Note        TEXT,
    Portrait    BLOB
);

-- A key that is text, with every character that a URL treats in a way of its own.
CREATE TABLE Branch (
    Code    TEXT PRIMARY KEY NOT NULL,
    City    VARCHAR(40) NOT NULL,
    Country CHAR(2) NOT NULL,
    Opens   TIME NOT NULL,
    Closes  TIME NOT NULL,
    Staff   SMALLINT
);

CREATE TABLE Account (
    ID        INTEGER PRIMARY KEY,
    Customer  INTEGER NOT NULL REFERENCES Customer(ID),
    IBAN      VARCHAR(34) NOT NULL UNIQUE,
    Currency  CHAR(3) NOT NULL,
    Balance   DECIMAL(14,2) NOT NULL,
    Opened    DATE NOT NULL,
    Closed    DATE,
    Active    BOOLEAN NOT NULL,
    BigNumber BIGINT NOT NULL
);
CREATE INDEX AccountCustomer ON Account(Customer);

CREATE TABLE Movement (
    ID           INTEGER PRIMARY KEY,
    Account      INTEGER NOT NULL REFERENCES Account(ID),
    Booked       TIMESTAMP NOT NULL,
    Valuta       DATE NOT NULL,
    Amount       DECIMAL(14,2) NOT NULL,
    Currency     CHAR(3) NOT NULL,
    Kind         VARCHAR(12) NOT NULL,
    Counterparty VARCHAR(60),
    Memo         VARCHAR(200) NOT NULL
);
CREATE INDEX MovementBooked ON Movement(Booked);
CREATE INDEX MovementAccount ON Movement(Account);

-- A key of two columns.
CREATE TABLE ExchangeRate (
    Currency CHAR(3) NOT NULL,
    Day      DATE NOT NULL,
    Rate     DECIMAL(14,6) NOT NULL,
    PRIMARY KEY (Currency, Day)
);

-- Foreign keys of one column, to a text, and of two columns.
CREATE TABLE Card (
    ID          INTEGER PRIMARY KEY,
    Account     INTEGER NOT NULL REFERENCES Account(ID),
    Branch      TEXT REFERENCES Branch(Code),
    Number      VARCHAR(19) NOT NULL,
    Contactless BOOLEAN NOT NULL,
    Fee         DECIMAL(8,2) NOT NULL,
    FeeCurrency CHAR(3) NOT NULL,
    FeeDay      DATE NOT NULL,
    FOREIGN KEY (FeeCurrency, FeeDay) REFERENCES ExchangeRate(Currency, Day)
);
CREATE INDEX CardAccount ON Card(Account);
CREATE INDEX CardBranch ON Card(Branch);
CREATE INDEX CardFee ON Card(FeeCurrency, FeeDay);

-- No key, and some rows more than once.
CREATE TABLE Audit (
    Moment TIMESTAMP NOT NULL,
    Actor  VARCHAR(40) NOT NULL,
    Action VARCHAR(20) NOT NULL,
    Detail TEXT
);

-- No rows.
CREATE TABLE Archive (
    ID       INTEGER PRIMARY KEY,
    Account  INTEGER NOT NULL REFERENCES Account(ID),
    Booked   TIMESTAMP NOT NULL,
    Amount   DECIMAL(14,2) NOT NULL,
    Currency CHAR(3) NOT NULL
);

CREATE VIEW AccountOverview AS
SELECT a.ID AS Account, a.IBAN, c.Name AS Customer, c.City, c.Country, a.Currency, a.Balance,
    a.Opened, a.Active
FROM Account a JOIN Customer c ON c.ID = a.Customer;

-- SQLite has no comments on tables and columns. A table of this name holds them; one without a
-- column's name is about the table.
CREATE TABLE _descriptions (
    table_name  TEXT NOT NULL,
    column_name TEXT,
    description TEXT NOT NULL
);

INSERT INTO _descriptions VALUES
('Customer', NULL, 'People and firms that hold accounts. All of them are invented.'),
('Customer', 'Since', 'Day on which the first account was opened'),
('Customer', 'Birthday', 'Day of birth, where known'),
('Customer', 'Newsletter', 'Whether the customer asked for the newsletter'),
('Customer', 'Score', 'Result of the last credit assessment; without a unit'),
('Customer', 'CreditLimit', 'How far the accounts together may be overdrawn, in CHF'),
('Customer', 'Note', 'Free text of the adviser. An empty note is one that was deleted.'),
('Customer', 'Portrait', 'Picture for the counter, PNG'),
('Branch', NULL, 'Offices with a counter'),
('Branch', 'Code', 'Short name, as it stands on the door'),
('Branch', 'Opens', 'Local time, Monday to Friday'),
('Branch', 'Closes', 'Local time, Monday to Friday'),
('Branch', 'Staff', 'Number of people; empty where a machine does the work'),
('Account', NULL, 'Current and savings accounts, closed ones too'),
('Account', 'Customer', 'Who holds the account'),
('Account', 'IBAN', 'International account number, without spaces'),
('Account', 'Currency', 'ISO 4217'),
('Account', 'Balance', 'In the currency of the account, at the end of the last working day'),
('Account', 'Closed', 'Empty while the account is open'),
('Account', 'BigNumber', 'Number in the central ledger; may exceed what a double holds exactly'),
('Movement', NULL, 'Bookings of the last two years'),
('Movement', 'Booked', 'When the booking was made, to the millisecond'),
('Movement', 'Valuta', 'Day from which interest counts'),
('Movement', 'Amount', 'Negative when money leaves the account'),
('Movement', 'Kind', 'card, transfer, salary, fee, interest or cash'),
('Movement', 'Counterparty', 'Who paid or was paid; empty for bookings of the bank itself'),
('ExchangeRate', NULL, 'What one unit of a currency cost in CHF, by day'),
('ExchangeRate', 'Rate', 'Mean of the day, in CHF'),
('Card', NULL, 'Debit cards of the accounts'),
('Card', 'Branch', 'Where the card was handed over; empty when it came by post'),
('Card', 'Number', 'All but the last four digits are masked'),
('Card', 'Fee', 'Price of a year'),
('Card', 'FeeDay', 'Day of the exchange rate by which the fee was charged'),
('Audit', NULL, 'What was done by whom. It has no key, and the same line may stand in it twice.'),
('Archive', NULL, 'Bookings that are older than ten years. There are none yet.'),
('AccountOverview', NULL, 'Accounts beside the names of their holders');

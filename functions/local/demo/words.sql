-- What rows.sql chooses from: words with their numbers, and numbers that look random but are the
-- same every time. TEMP: none of it stays in the file.

-- The demo's own: rows must not depend on the day on which they are made.
CREATE TEMP TABLE Today (Day DATE NOT NULL);
INSERT INTO Today VALUES ('2026-06-30');

-- A, B and so on: from 0 to 16,777,215.
CREATE TEMP TABLE Random AS
WITH RECURSIVE Generator (N, A, B, C, D, E, F) AS (
    SELECT 0, 4711, 815, 1234567, 271828, 314159, 161803
    UNION ALL
    SELECT N + 1, (A * 1103515245 + 12345) % 2147483648, (B * 1103515245 + 12345) % 2147483648,
        (C * 1103515245 + 12345) % 2147483648, (D * 1103515245 + 12345) % 2147483648,
        (E * 1103515245 + 12345) % 2147483648, (F * 1103515245 + 12345) % 2147483648
    FROM Generator WHERE N < 12400
)
SELECT N, A >> 7 AS A, B >> 7 AS B, C >> 7 AS C, D >> 7 AS D, E >> 7 AS E, F >> 7 AS F
FROM Generator WHERE N > 0;
CREATE UNIQUE INDEX temp.RandomN ON Random (N);

-- Names that go wrong where software is careless: scripts, directions, quotes, markup, line breaks,
-- separators.
CREATE TEMP TABLE OddName (N INTEGER PRIMARY KEY, Name TEXT NOT NULL);
INSERT INTO OddName (Name) VALUES
('Zoë Müller'), ('山田太郎'), ('Ελένη Παπαδοπούλου'), ('שרה כהן'), ('محمد العلي'), ('Siobhán O''Brien'),
('<b>Bold & Co</b>'), ('"Quoted" Ltd'), ('Line' || char(10) || 'Break AG'),
('Carriage' || char(13, 10) || 'Return GmbH'), ('Tab' || char(9) || 'Separated Inc'),
('Comma, Semicolon; Sons'), ('50% Off_Shop'), ('Back\slash & Søn'), ('=SUM(A1:A9)'),
('Łukasz Żółć'), ('İpek Çağlar'), ('Nguyễn Văn An'), ('Анна Каренина'), ('김민준'), ('สมชาย ใจดี'),
('François-Noël d''Été'), ('Jürgen von und zu Groß-Straßenfels'), ('Bjørn Ærøskøbing'),
('🏦 Emoji Bank'), ('e' || char(769) || ' (combining) é (composed)'), ('  Leading and trailing  '),
('NULL'), ('null'), ('007'), ('true');

CREATE TEMP TABLE FirstName (N INTEGER PRIMARY KEY, Name TEXT NOT NULL);
INSERT INTO FirstName VALUES
(0, 'Anna'), (1, 'Ben'), (2, 'Clara'), (3, 'David'), (4, 'Emma'), (5, 'Felix'), (6, 'Greta'),
(7, 'Hugo'), (8, 'Ida'), (9, 'Jonas'), (10, 'Katrin'), (11, 'Luca'), (12, 'Mia'), (13, 'Nils'),
(14, 'Olga'), (15, 'Paul'), (16, 'Rosa'), (17, 'Simon'), (18, 'Tina'), (19, 'Urs');

CREATE TEMP TABLE LastName (N INTEGER PRIMARY KEY, Name TEXT NOT NULL);
INSERT INTO LastName VALUES
(0, 'Aebi'), (1, 'Berger'), (2, 'Colombo'), (3, 'Dubois'), (4, 'Egger'), (5, 'Fontana'),
(6, 'Graf'), (7, 'Huber'), (8, 'Imhof'), (9, 'Jensen'), (10, 'Keller'), (11, 'Lang'), (12, 'Meier'),
(13, 'Novak'), (14, 'Okafor'), (15, 'Rossi');

CREATE TEMP TABLE Place (N INTEGER PRIMARY KEY, City TEXT NOT NULL, Country TEXT NOT NULL);
INSERT INTO Place VALUES
(0, 'Zürich', 'CH'), (1, 'Genève', 'CH'), (2, 'Lugano', 'CH'), (3, 'Köln', 'DE'),
(4, 'München', 'DE'), (5, 'Wien', 'AT'), (6, 'Milano', 'IT'), (7, 'Lyon', 'FR'),
(8, 'Kraków', 'PL'), (9, '東京', 'JP'), (10, 'Αθήνα', 'GR'), (11, 'Boston', 'US');

-- Keys that must survive a URL.
CREATE TEMP TABLE BranchCode (N INTEGER PRIMARY KEY, Code TEXT NOT NULL);
INSERT INTO BranchCode VALUES
(0, 'ZRH/1'), (1, 'a,b'), (2, '50%'), (3, 'what?'), (4, '#7'), (5, 'R&D'), (6, 'O''Hare'),
(7, 'Köln'), (8, 'Bern'), (9, 'x=y'), (10, 'a b'), (11, 'a+b'), (12, '%41'), (13, '東京');

CREATE TEMP TABLE Currency (N INTEGER PRIMARY KEY, Code TEXT NOT NULL, Rate DOUBLE NOT NULL);
INSERT INTO Currency VALUES
(0, 'CHF', 1.0), (1, 'EUR', 0.95), (2, 'USD', 0.88), (3, 'GBP', 1.12), (4, 'JPY', 0.0058),
(5, 'SEK', 0.083);

-- How accounts are numbered in a country: its letters as digits; how many digits follow the first
-- nine, and how many such numbers there are.
CREATE TEMP TABLE Numbering (
    N INTEGER PRIMARY KEY, Country TEXT NOT NULL, Letters INTEGER NOT NULL,
    Last INTEGER NOT NULL, Numbers INTEGER NOT NULL
);
INSERT INTO Numbering VALUES
(0, 'CH', 1217, 8, 100000000), (1, 'DE', 1314, 9, 1000000000), (2, 'AT', 1029, 7, 10000000);

CREATE TEMP TABLE Kind (
    N INTEGER PRIMARY KEY, Name TEXT NOT NULL, Sign INTEGER NOT NULL, Party TEXT NOT NULL
);
INSERT INTO Kind VALUES
(0, 'card', -1, 'somebody'), (1, 'card', -1, 'somebody'), (2, 'card', -1, 'somebody'),
(3, 'transfer', -1, 'somebody'), (4, 'transfer', -1, 'somebody'), (5, 'cash', -1, 'bank'),
(6, 'salary', 1, 'somebody'), (7, 'fee', -1, 'bank'), (8, 'interest', 1, 'bank');

CREATE TEMP TABLE Counterparty (N INTEGER PRIMARY KEY, Name TEXT NOT NULL);
INSERT INTO Counterparty VALUES
(0, 'Migros'), (1, 'Coop'), (2, 'O''Brien''s Pub'), (3, 'Café "Zur Post"'), (4, 'Smith & Sons'),
(5, '東京電力'), (6, 'Bäckerei Groß');

CREATE TEMP TABLE Memo (N INTEGER PRIMARY KEY, Text TEXT NOT NULL);
INSERT INTO Memo VALUES
(0, 'Groceries'), (1, 'Rent; see contract'), (2, 'Gift for O''Brien'), (3, '100% refund'),
(4, 'Invoice #4711, part 2'), (5, 'a_b <i>c</i>'), (6, 'First line' || char(10) || 'Second line'),
(7, ''), (8, 'Überweisung für März'), (9, 'Said "thanks"'), (10, 'Order 007');

-- Pictures of 8 by 8 grey pixels, as PNG.
CREATE TEMP TABLE Picture (N INTEGER PRIMARY KEY, Bytes BLOB NOT NULL);
INSERT INTO Picture VALUES
(0, unhex('89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e157000000534944415478'
    || '01014800b7ff000010203040506070001000302050407060002030001060704050003020100070605040'
    || '004050607000102030005040706010003020006070405020300010007060504030201000f8570e01e9fb'
    || 'eba40000000049454e44ae426082')),
(1, unhex('89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e157000000534944415478'
    || '01014800b7ff005060708090a0b0c00060508070a090c0b00070805060b0c090a00080706050c0b0a090'
    || '0090a0b0c05060708000a090c0b06050807000b0c090a07080506000c0b0a09080706050c8842201a5b7'
    || '89f20000000049454e44ae426082')),
(2, unhex('89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e157000000534944415478'
    || '01014800b7ff00a0b0c0d0e0f0001000b0a0d0c0f0e0100000c0d0a0b00010e0f000d0c0b0a01000f0e0'
    || '00e0f00010a0b0c0d000f0e01000b0a0d0c0000010e0f0c0d0a0b0001000f0e0d0c0b0a058932601278a'
    || '250b0000000049454e44ae426082')),
(3, unhex('89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e157000000534944415478'
    || '01014800b7ff00f0001020304050600000f0201040306050001020f0005060304000201000f060504030'
    || '0030405060f0001020004030605000f0201000506030401020f0000060504030201000f088661201397b'
    || 'c3e00000000049454e44ae426082'));

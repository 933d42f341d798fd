-- Asks a server of InterSystems IRIS the questions that iris-tables relies on. It makes the schema
-- IrisTablesCheck, shows what was expected beside what was found, and drops the schema again.
--
-- Log in to the terminal of the server as a user who may make tables, go to a namespace that has no
-- schema of this name, and call the SQL shell: DO $SYSTEM.SQL.Shell()
-- Then paste what follows these comments: the shell runs each line as a statement of its own. Where
-- Expected and Found are not the same, or an error comes in place of an answer, please send all of it
-- with the line "01 version". Of "not known" any answer is welcome. With two doubts more: a server
-- may list DESCRIPTION (07) to those alone who may read the database with the classes, and may find
-- nothing by an IN of 500 values (18).
--
-- Written by InterSystems' manual. It has been run through ODBC against a test double of the server,
-- and against no server yet.

CREATE TABLE IrisTablesCheck.Parent (Region VARCHAR(10) NOT NULL, Num INTEGER NOT NULL, Label VARCHAR(30), PRIMARY KEY (Region, Num))
CREATE TABLE IrisTablesCheck.Child (ChildNum INTEGER NOT NULL, Region VARCHAR(10), Num INTEGER, Amount NUMERIC(12,2), Note VARCHAR(2000), Body LONGVARCHAR, PRIMARY KEY (ChildNum), FOREIGN KEY (Region, Num) REFERENCES IrisTablesCheck.Parent (Region, Num))
CREATE VIEW IrisTablesCheck.Seen AS SELECT Region, Num, Label FROM IrisTablesCheck.Parent
INSERT INTO IrisTablesCheck.Parent (Region, Num, Label) VALUES ('North', 1, 'Abc')
INSERT INTO IrisTablesCheck.Parent (Region, Num, Label) VALUES ('North', 2, NULL)
INSERT INTO IrisTablesCheck.Parent (Region, Num, Label) VALUES ('South', 1, '')
INSERT INTO IrisTablesCheck.Parent (Region, Num, Label) VALUES ('South', 2, 'abd')
INSERT INTO IrisTablesCheck.Child (ChildNum, Region, Num, Amount, Note, Body) VALUES (1, 'North', 1, 12.5, 'n', 'yes')
SELECT '01 version' AS Question, 'not known' AS Expected, $ZVERSION AS Found
SELECT '02 kind of a table' AS Question, 'BASE TABLE' AS Expected, TABLE_TYPE AS Found FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Parent'
SELECT '03 kind of a view' AS Question, 'VIEW' AS Expected, TABLE_TYPE AS Found FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Seen'
SELECT '04 word for a decimal' AS Question, 'numeric' AS Expected, DATA_TYPE AS Found FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Child' AND COLUMN_NAME = 'Amount'
SELECT '05 word for a stream' AS Question, 'longvarchar' AS Expected, DATA_TYPE AS Found FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Child' AND COLUMN_NAME = 'Body'
SELECT '06 length of a text' AS Question, '2000' AS Expected, CHARACTER_MAXIMUM_LENGTH AS Found FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Child' AND COLUMN_NAME = 'Note'
SELECT '07 descriptions of columns may be read' AS Question, '6' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Child' AND (DESCRIPTION IS NULL OR DESCRIPTION = '')
SELECT '08 second column of a key' AS Question, 'Num' AS Expected, COLUMN_NAME AS Found FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Parent' AND CONSTRAINT_TYPE = 'PRIMARY KEY' AND ORDINAL_POSITION = 2
SELECT '09 where a foreign key leads' AS Question, 'Parent' AS Expected, REFERENCED_TABLE_NAME AS Found FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = 'IrisTablesCheck' AND TABLE_NAME = 'Child' AND CONSTRAINT_TYPE = 'FOREIGN KEY' AND COLUMN_NAME = 'Region'
SELECT '10 keys that lead to a table' AS Question, '2' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = 'IrisTablesCheck' AND REFERENCED_TABLE_NAME = 'Parent' AND TABLE_SCHEMA IN ('IrisTablesCheck', 'IrisTablesCheck')
SELECT '11 no view of privileges' AS Question, '0' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'INFORMATION_SCHEMA' AND TABLE_NAME = 'TABLE_PRIVILEGES'
SELECT '12 equal in another case' AS Question, '1' AS Expected, COUNT(*) AS Found FROM IrisTablesCheck.Parent WHERE Label = 'ABC'
SELECT '13 not exactly equal' AS Question, '0' AS Expected, COUNT(*) AS Found FROM IrisTablesCheck.Parent WHERE Label = 'ABC' AND %EXACT(Label) = 'ABC'
SELECT TOP 1 '14 NULL sorts first' AS Question, 'NULL' AS Expected, CASE WHEN Label IS NULL THEN 'NULL' ELSE 'a value' END AS Found FROM IrisTablesCheck.Parent ORDER BY Label
SELECT '15 the empty text sorts next' AS Question, 'empty' AS Expected, CASE WHEN t.Label = '' THEN 'empty' ELSE 'another' END AS Found FROM (SELECT TOP 2 Label FROM IrisTablesCheck.Parent ORDER BY Label) t WHERE t.%VID > 1 ORDER BY t.%VID
SELECT '16 every row has its id' AS Question, '4' AS Expected, COUNT(DISTINCT %ID) AS Found FROM IrisTablesCheck.Parent
SELECT '17 contains, in any case' AS Question, '2' AS Expected, COUNT(*) AS Found FROM IrisTablesCheck.Parent WHERE UPPER(Label) LIKE UPPER('%B%') ESCAPE '\'
SELECT '18 an IN of 500 values' AS Question, '4' AS Expected, COUNT(*) AS Found FROM IrisTablesCheck.Parent WHERE Num IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271, 272, 273, 274, 275, 276, 277, 278, 279, 280, 281, 282, 283, 284, 285, 286, 287, 288, 289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328, 329, 330, 331, 332, 333, 334, 335, 336, 337, 338, 339, 340, 341, 342, 343, 344, 345, 346, 347, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363, 364, 365, 366, 367, 368, 369, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 384, 385, 386, 387, 388, 389, 390, 391, 392, 393, 394, 395, 396, 397, 398, 399, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420, 421, 422, 423, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 435, 436, 437, 438, 439, 440, 441, 442, 443, 444, 445, 446, 447, 448, 449, 450, 451, 452, 453, 454, 455, 456, 457, 458, 459, 460, 461, 462, 463, 464, 465, 466, 467, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477, 478, 479, 480, 481, 482, 483, 484, 485, 486, 487, 488, 489, 490, 491, 492, 493, 494, 495, 496, 497, 498, 499, 500)
SELECT '19 a count with an end' AS Question, '3' AS Expected, COUNT(*) AS Found FROM (SELECT TOP 3 1 AS one FROM IrisTablesCheck.Parent) t
SELECT '20 the beginning of a stream' AS Question, 'ye' AS Expected, SUBSTRING(Body, 1, 2) AS Found FROM IrisTablesCheck.Child
SELECT '21 a row id of a view (an error is an answer)' AS Question, 'not known' AS Expected, COUNT(%ID) AS Found FROM IrisTablesCheck.Seen
SELECT '22 a table with its columns' AS Question, '3' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.TABLES t JOIN INFORMATION_SCHEMA.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME WHERE t.TABLE_SCHEMA = 'IrisTablesCheck' AND t.TABLE_NAME = 'Parent' AND c.TABLE_SCHEMA = 'IrisTablesCheck' AND c.TABLE_NAME = 'Parent'
SELECT '23 names in another case' AS Question, '1' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'iristablescheck' AND TABLE_NAME = 'PARENT'
SELECT '24 schemas by a pattern' AS Question, '3' AS Expected, COUNT(*) AS Found FROM INFORMATION_SCHEMA.TABLES WHERE UPPER(TABLE_SCHEMA) LIKE UPPER('iristablesch%') ESCAPE '\'
DROP VIEW IrisTablesCheck.Seen
DROP TABLE IrisTablesCheck.Child
DROP TABLE IrisTablesCheck.Parent

/**
 * SQL scripts as tests, in the manner of sqllogictest: the same file runs through every door and lane.
 *
 * <p>A script is a text file {@code *.test} of records that a blank line ends. A line that begins with {@code #} is a
 * comment, except in a statement or among rows.
 *
 * <pre>
 * statement ok                      the statement must succeed; its rows, if any, are read and dropped
 * INSERT INTO orders VALUES (1, 10)
 *
 * statement error [WEIR-1046] regex the statement must fail with this code and a message in which the regular
 * SELECT * FROM nowhere             expression is found; either part may be left out
 *
 * query IRT rowsort                 the kinds of the columns, and an order of the rows
 * SELECT id, price, name FROM t
 * ----
 * 1  9.50  pear
 * </pre>
 *
 * <p>Kinds: {@code I} whole numbers, {@code R} FLOAT, DOUBLE and DECIMAL, {@code T} all else, {@code ?} any. Orders: {@code
 * nosort} as answered, the default; {@code rowsort} rows sorted as text; {@code valuesort} all values sorted, whatever row
 * they stand in. Columns are separated by two or more spaces or by tabs. A query without a line {@code ----} has not been
 * answered yet: {@code -Dweir.scripts.rewrite=true} writes kinds, rows and error codes as they are into the file, and the
 * difference to what was there is the review. A statement that must succeed and fails is a failure then too.
 *
 * <p>Directives stand on a line of their own: {@code dialect hive} or {@code dialect flink}; {@code set key=value}; {@code
 * session name} goes to another session, {@code user name} to another user's session of the same name; both open it when
 * it is new. A script starts in session {@code main} of user {@code tester}, in a database of its own, which is dropped at
 * the end; {@code dialect} and {@code set} concern the session they stand in.
 *
 * <p>Values are written so that they do not depend on the door:
 *
 * <ul>
 *   <li>{@code NULL}; an empty text is {@code (empty)}; a text that reads NULL or (empty) has a backslash before it
 *   <li>in a text, backslash, tab, line feed and carriage return are {@code \\ \t \n \r}, and a space that stands first,
 *       last or beside another space is {@code \s}
 *   <li>BOOLEAN {@code true}, {@code false}
 *   <li>DECIMAL with all digits of its scale; DOUBLE rounded to 12 significant digits, FLOAT to 6, since the last digits
 *       depend on the order of summation, without trailing zeros, and with an exponent below 1E-6 and from 1E15 on; {@code
 *       NaN}, {@code Infinity}, {@code -Infinity}
 *   <li>DATE {@code 2001-01-14}; TIME {@code 23:59:00}; TIMESTAMP {@code 2001-01-14 23:59:00}; fractions of a second only
 *       if there are any, without trailing zeros; TIMESTAMP_LTZ like TIMESTAMP, in the session's time zone
 *   <li>INTERVAL as ISO 8601: {@code P1Y2M}, {@code PT26H3M}
 *   <li>BINARY, VARBINARY {@code 0x00FF}
 *   <li>ARRAY {@code [1, 2, NULL]}; MAP, MULTISET and ROW {@code {a=1, b=2}}, sorted by the text of the key or field
 * </ul>
 */
package dev.weirhouse.testkit.script;

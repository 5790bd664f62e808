/**
 * A Flink format that survives malformed records. Flink's formats have no side output: a record that does not fit its
 * table's columns fails the job or, with {@code ignore-parse-errors}, disappears.
 *
 * <p>{@link dev.weirhouse.stream.format.RejectingFormat} stands around any row-wise format (csv, json, debezium-json, …)
 * of a source table that has two columns more, the record's text and the reason. A record that fits gives its row with
 * both null; one that does not gives one row with both set and a placeholder in each declared column. Whoever reads the
 * table sends the one kind to the target and the other to the table of rejected records.
 *
 * <p>Whether a record fits is a question to all declared columns, whichever of them a query reads: otherwise the two
 * branches of a job, which read different columns, would disagree.
 */
package dev.weirhouse.stream.format;

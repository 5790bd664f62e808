/**
 * From Flink's optimised logical plan to DuckDB's SQL.
 *
 * <p>{@link dev.weirhouse.olap.flink.Relations} writes the operators, {@code Expressions} what they compute, with every
 * type explicit. {@code Functions}, {@code Casts}, {@code Aggregates} and {@code Windows} say what is admitted, by argument
 * types and literals; the first thing that is not admitted makes the whole query not native, with its reason. Where DuckDB
 * would silently give another value, the text raises an error for that value; an error is never an answer, Flink is asked
 * then.
 */
package dev.weirhouse.olap.flink;

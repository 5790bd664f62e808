/**
 * The proof of meaning: tables and queries drawn from a seed, each run in several ways and the answers compared.
 *
 * <p>{@link dev.weirhouse.olap.fuzz.RandomTables} and {@link dev.weirhouse.olap.fuzz.RandomQueries} draw,
 * {@link dev.weirhouse.olap.fuzz.Fuzz} runs and reports, {@link dev.weirhouse.olap.fuzz.Comparison} has the rules. A
 * {@link dev.weirhouse.olap.fuzz.Lane} is a way to run a query. What mismatches is made smaller while it still does.
 */
package dev.weirhouse.olap.fuzz;

/**
 * Checks data across the three lanes: compares tables, what a streaming job has made with a recomputation, and the lanes' answers
 * to a query; and runs declared checks after commits, by the clock or on demand.
 *
 * <p>Its words: a <em>check</em> is a question about data whose answer is pass or fail, with evidence; a <em>result</em> is how a
 * check went once, and of which snapshot it speaks.
 *
 * <p>{@link dev.weirhouse.consistency.Checks} is the way in. Checks and results rest in the state store, rows that a comparison
 * puts aside in {@code tmp/checks} below the home, and what is recomputed in a database of its own while the comparison runs. It
 * may use the lanes, lineage and the catalog; of all modules only the server may use it.
 */
package dev.weirhouse.consistency;

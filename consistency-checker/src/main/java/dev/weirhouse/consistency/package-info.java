/**
 * Compares, verifies, corrects and backfills across the three lanes.
 *
 * <p>Its words: a <em>check</em> is a question about data whose answer is pass or fail, with evidence; a <em>plan</em> is a
 * stored, immutable list of what a correction or backfill will do, made before it does it; a <em>version</em> is the
 * physical table or branch that a name stands for, and a correction builds a new one beside the old; a
 * <em>publication</em> is the atomic switch of a set of names to new versions, which can be undone.
 *
 * <p>There is nothing in it yet. Plans, checks with their evidence and publications will rest in the state store, new
 * versions among the tables. It may use the lanes, lineage and the catalog; of all modules only the server may use it.
 */
package dev.weirhouse.consistency;

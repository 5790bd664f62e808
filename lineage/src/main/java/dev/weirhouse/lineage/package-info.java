/**
 * Where every number comes from: the runs that wrote it, and what they read.
 *
 * <p>Its words: a <em>run</em> is one execution of a job or statement; an <em>edge</em> joins a run to a table that it read
 * or wrote, with columns and snapshots, and is exact, a lower bound or unknown; a <em>boundary</em> is a root snapshot at
 * which all jobs of a flow line up; a <em>cut</em> names the version and snapshot of each table that a statement reads; a
 * <em>pin</em> is a cut whose snapshots do not expire while it is held.
 *
 * <p>{@link dev.weirhouse.lineage.Lineage} is opened with a warehouse. From then on the gate of {@code warehouse-catalog} tells it
 * what each statement derives from what, and it finds what streaming jobs commit. Boundaries and pins will rest beside that in
 * the state store. The three lanes may use this floor, and it knows none of them.
 */
package dev.weirhouse.lineage;

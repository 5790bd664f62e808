/**
 * The ground floor: one catalog of tables, one gate for statements, the state store, and Flink sessions opened on them.
 *
 * <p>{@link dev.weirhouse.catalog.Warehouse} opens everything that the floors above need. Every statement, through
 * whichever door and for whichever lane, passes the {@link dev.weirhouse.catalog.Gate}: a {@link
 * dev.weirhouse.catalog.Session} (caller, settings) admits a text, which parses it in its dialect, resolves its names to
 * versions and snapshots, checks what it may touch and records its run. A <em>version</em> is the physical Paimon table
 * or branch behind a table's name; a <em>snapshot</em> is one commit of a version.
 *
 * <p>Data rests in Paimon files below the warehouse folder, names in the Hive Metastore, and sessions, jobs, runs and
 * versions in the state store.
 */
package dev.weirhouse.catalog;

/**
 * What the native lane reads: the local Parquet files that hold a Paimon table at a snapshot, and the SQL that reads the
 * table's rows out of them.
 *
 * <p>The table's own files are read where they lie, if they are local Parquet: also where the newest row of a key has to
 * be found among several files, where rows are deleted, and where columns have since been added, renamed or widened.
 * Whatever else a snapshot consists of (rows that are aggregated, other formats, other file systems) is read by Paimon's
 * own readers, once, into a Parquet file of the {@linkplain dev.weirhouse.olap.paimon.SplitCache cache}. Data files never
 * change, so neither does what was read of them: a new snapshot costs what changed.
 *
 * <p>Rows by whole primary keys come from {@link dev.weirhouse.olap.paimon.PointLookups}, which keeps local files of its
 * own: each holds the rows of one data file by key.
 */
package dev.weirhouse.olap.paimon;

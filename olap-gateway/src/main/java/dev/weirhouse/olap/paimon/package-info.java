/**
 * What the native lane reads: the local Parquet files that hold a Paimon table at a snapshot.
 *
 * <p>A file of the table that is local, whole and of the table's present schema is read where it lies. Whatever else a
 * snapshot consists of (files that have to be merged, rows that are deleted, other formats, other file systems, older
 * schemas) is read by Paimon's own readers, once, into a Parquet file of the {@linkplain
 * dev.weirhouse.olap.paimon.SplitCache cache}. Data files never change, so neither does what was read of them: a new
 * snapshot costs what changed.
 *
 * <p>Rows by whole primary keys come from {@link dev.weirhouse.olap.paimon.PointLookups}, which keeps local files of its
 * own: each holds the rows of one data file by key.
 */
package dev.weirhouse.olap.paimon;

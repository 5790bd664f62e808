/**
 * What the native lane reads: the local Parquet files that hold a Paimon table at a snapshot.
 *
 * <p>A file of the table that is local, whole and of the table's present schema is read where it lies. Whatever else a
 * snapshot consists of (files that have to be merged, rows that are deleted, other formats, other file systems, older
 * schemas) is read by Paimon's own readers, once, into a Parquet file of the {@linkplain
 * dev.weirhouse.olap.paimon.SplitCache cache}. Data files never change, so neither does what was read of them: a new
 * snapshot costs what changed.
 */
package dev.weirhouse.olap.paimon;

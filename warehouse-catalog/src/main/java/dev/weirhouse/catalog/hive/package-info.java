/**
 * The Hive Metastore, in this process or outside, and the one catalog over it.
 *
 * <p>{@link dev.weirhouse.catalog.hive.WarehouseCatalog} extends Flink's Hive catalog, because Flink's Hive parser accepts
 * no other, and hands every Paimon table to Paimon's own catalog. {@link
 * dev.weirhouse.catalog.hive.EmbeddedMetastore} is a whole metastore over Derby, with the thrift door that other engines
 * connect to; the warehouse itself comes in through the same door, so that one code path serves both installs.
 */
package dev.weirhouse.catalog.hive;

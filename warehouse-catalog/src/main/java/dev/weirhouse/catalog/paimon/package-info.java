/**
 * Paimon tables under logical names.
 *
 * <p>{@link dev.weirhouse.catalog.paimon.VersionedCatalog} is where a name becomes a version: it stands before Paimon's
 * own catalog, and streams, batch, queries, DDL and procedures all reach a table through it.
 */
package dev.weirhouse.catalog.paimon;

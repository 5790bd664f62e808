/**
 * The log of what changed nothing, {@code weir.queries}: gathered in files of this process, written to a Paimon table in
 * batches. No answer waits for it.
 */
package dev.weirhouse.catalog.queries;

/**
 * Lineage as OpenLineage tells it, outwards and inwards.
 *
 * <p>Its words: an <em>event</em> is one JSON object of the OpenLineage specification; a <em>receiver</em> is where events go:
 * an HTTP address, a topic of Kafka, a file; the <em>journal</em> is the folder {@code openlineage} below home, which holds
 * the events that a receiver has not taken yet; a <em>foreign</em> job is one outside the warehouse that tells of itself.
 *
 * <p>{@link dev.weirhouse.lineage.openlineage.OpenLineage} is opened behind lineage. Outwards it reads what is recorded of
 * runs, on one thread of its own, so that no statement waits for it. Inwards it records foreign jobs beside the
 * warehouse's own. What receivers were told and what foreign jobs said rests in the state store.
 */
package dev.weirhouse.lineage.openlineage;

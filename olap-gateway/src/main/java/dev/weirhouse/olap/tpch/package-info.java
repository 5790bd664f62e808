/**
 * TPC-H: the schema, the 22 queries with the values that the specification validates them by, and the rows. Tests and
 * benches measure the lanes on it; the lanes themselves know nothing of it.
 */
package dev.weirhouse.olap.tpch;

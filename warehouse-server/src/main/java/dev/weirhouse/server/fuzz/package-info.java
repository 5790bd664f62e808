/**
 * The command {@code weir fuzz}: expressions and queries drawn from a seed, which a warehouse answers in three ways over HTTP:
 * on Flink, natively, and in the lane that it chooses. What is drawn, and when answers agree, is
 * {@link dev.weirhouse.olap.fuzz}'s.
 */
package dev.weirhouse.server.fuzz;

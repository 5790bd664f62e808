/**
 * The command {@code weir bench}: what the warehouse is measured by.
 *
 * <p>A {@link dev.weirhouse.server.bench.Bench} starts a warehouse in a process of its own on a home that is kept, so that
 * data which a recipe describes is made once. It asks what it measures and the baselines in turn, on the same data, and
 * reports {@link dev.weirhouse.server.bench.Figure figures}: each the values of several runs. The load comes from this
 * process; baselines that are programs have processes of their own.
 */
package dev.weirhouse.server.bench;

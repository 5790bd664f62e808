/**
 * The command {@code weir demo}: the whole warehouse at work on real flights, in ten steps, each answer checked.
 *
 * <p>The demo is a client and no more. {@link dev.weirhouse.server.child.ChildWarehouse} starts {@code weir up} as a process of
 * its own on a home of its own; jobs and scripts go to it over HTTP, queries through the stock Arrow Flight SQL JDBC
 * driver. {@link dev.weirhouse.server.demo.Upstream} plays the system that flights come from. What an answer should be is
 * worked out by {@link dev.weirhouse.server.demo.Reckoning} from the CSV files, in plain Java, while the demo runs.
 *
 * <p>The steps are the classes that implement {@link dev.weirhouse.server.demo.Step}; they share a
 * {@link dev.weirhouse.server.demo.Scene}. The SQL lies beside, as resources, and is meant to be read.
 */
package dev.weirhouse.server.demo;

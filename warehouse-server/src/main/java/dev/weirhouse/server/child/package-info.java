/**
 * A warehouse in a process of its own, and the ways in which a command that started it asks: HTTP for jobs and scripts, the
 * stock Arrow Flight SQL JDBC driver for queries. What a command does with it is the command's own.
 */
package dev.weirhouse.server.child;

package dev.weirhouse.olap.flink;

/**
 * Something that is computed natively.
 *
 * @param name an operator or function
 * @param arguments what its arguments have to be, in words
 */
record Admitted(String name, String arguments) {}

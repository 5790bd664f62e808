/**
 * Faults on demand, each from one seed.
 *
 * <p>{@link dev.weirhouse.testkit.fault.SeededFaults} runs a test with a seed and prints the seed when the test fails;
 * what it decides at random, it decides again when it is given the seed again. {@link
 * dev.weirhouse.testkit.fault.FailingFileSystem} is a folder that Paimon reaches by the scheme {@code failing} and whose
 * operations fail as a list of {@link dev.weirhouse.testkit.fault.FileFault} says: instead of their effect, or after it,
 * which is a <em>lost acknowledgement</em>. It also counts the streams that are still open.
 *
 * <p>A fault test has two halves: with recovery on, nothing is lost or doubled; with recovery off, the same fault does
 * harm. Without the second half, the first may pass because the fault never struck.
 */
package dev.weirhouse.testkit.fault;

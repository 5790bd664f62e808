/**
 * What the tests of all modules stand on; never on the class path of a running warehouse.
 *
 * <p>{@link dev.weirhouse.testkit.WarehouseTest} gives a test class the one warehouse of its JVM and a database of its
 * own, and checks afterwards that nothing is left. {@link dev.weirhouse.testkit.ServerProcess} is a warehouse in a
 * process that can be killed, and {@link dev.weirhouse.testkit.KafkaBroker} a Kafka in one. {@link
 * dev.weirhouse.testkit.SettableClock} and {@link dev.weirhouse.testkit.Eventually} stand in the place of sleeping, and
 * {@link dev.weirhouse.testkit.Flights} is real data to test with.
 *
 * <p>Two packages stand beside this one: {@code script} runs SQL scripts through any door, and {@code fault} breaks
 * files on demand, by a seed that every failure prints. Data rests below {@code target/} of the module under test.
 */
package dev.weirhouse.testkit;

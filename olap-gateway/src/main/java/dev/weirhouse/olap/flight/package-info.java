/**
 * The Arrow Flight SQL door, made so that the stock JDBC driver works with it.
 *
 * <p>{@link dev.weirhouse.olap.flight.FlightSqlDoor} opens the port. A call is first matched to its session by {@code
 * CallSession}, then served by {@code StatementCalls} (statements and their answers), {@code MetadataCalls} (names and
 * types) or {@code SessionOptions}; {@code WarehouseProducer} only hands it on. {@code AnswerStream} sends rows no faster
 * than the client takes them, and {@code FlightErrors} puts every error's code into the text that tools show.
 *
 * <p>Nothing is kept here: sessions and handles belong to the gateway.
 */
package dev.weirhouse.olap.flight;

/**
 * The state store: sessions, jobs, revisions, runs and versions, in SQL.
 *
 * <p>SQLite in WAL mode with full synchronisation, through one writing connection; the schema and its changes are the
 * migrations below {@code db/migration}. A row is written before what it says is announced. Times are milliseconds since
 * 1970 UTC, from the clock that the warehouse was opened with.
 */
package dev.weirhouse.catalog.state;

/**
 * The OLAP lane: sessions of JDBC clients, and their queries.
 *
 * <p>{@link dev.weirhouse.olap.OlapGateway} holds the open {@linkplain dev.weirhouse.olap.OlapSession sessions}, each a
 * session of the ground floor's gate known to its client by a secret. A session keeps prepared {@linkplain
 * dev.weirhouse.olap.OlapStatement statements} and announced {@linkplain dev.weirhouse.olap.OlapQuery queries}; both are
 * named by handles that nobody can guess and that mean nothing in another session. A query is announced with its schema,
 * runs when its rows are asked for, and ends once. Where it runs is chosen in one place, the {@code QueryRouter}.
 *
 * <p>Everything here rests in memory and is bounded by {@link dev.weirhouse.olap.OlapConfig}: a client whose process
 * restarts signs in again. The door is in {@code flight}, the way from rows to Arrow in {@code arrow}.
 */
package dev.weirhouse.olap;

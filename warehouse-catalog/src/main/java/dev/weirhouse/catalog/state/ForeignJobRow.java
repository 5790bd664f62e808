package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A job outside the warehouse that told of itself; times in milliseconds since 1970 UTC.
 *
 * @param namespace what the job's scheduler is called
 * @param name the job's, within that
 * @param principal who told of it first
 * @param source the program that told of it last, as a URI
 * @param statement its SQL, or empty
 * @param derivation what it derived from what, the last time
 * @param lastRun the run that began last
 */
public record ForeignJobRow(
        String id,
        String namespace,
        String name,
        String principal,
        String source,
        String statement,
        Optional<String> derivation,
        long createdAt,
        long updatedAt,
        Optional<ForeignRunRow> lastRun) {
    public ForeignJobRow {
        requireNonNull(id, "id is null");
        requireNonNull(namespace, "namespace is null");
        requireNonNull(name, "name is null");
        requireNonNull(derivation, "derivation is null");
        requireNonNull(lastRun, "lastRun is null");
    }

    /** What it goes by where the warehouse's own jobs go by their names. */
    public String fullName() {
        return namespace + "/" + name;
    }
}

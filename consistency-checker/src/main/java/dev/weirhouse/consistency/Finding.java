package dev.weirhouse.consistency;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import java.util.Optional;
import java.util.OptionalLong;

/** What a check that ran has found: the end of a {@link CheckResult}. */
record Finding(
        CheckState state,
        Optional<Place> place,
        String cut,
        OptionalLong violations,
        OptionalLong measure,
        String message,
        Optional<String> errorCode,
        Optional<String> evidence) {

    /**
     * Of which snapshot it speaks.
     *
     * @param committedAt in milliseconds since 1970 UTC; empty when the snapshot is not kept any more
     */
    record Place(String version, long snapshot, OptionalLong committedAt) {}

    Finding {
        requireNonNull(state, "state is null");
        requireNonNull(place, "place is null");
        requireNonNull(cut, "cut is null");
        requireNonNull(message, "message is null");
    }

    static Finding of(long violations, String cut, String message, Optional<String> evidence) {
        return new Finding(
                violations == 0 ? CheckState.PASSED : CheckState.FAILED,
                Optional.empty(),
                cut,
                OptionalLong.of(violations),
                OptionalLong.empty(),
                message,
                Optional.empty(),
                evidence);
    }

    static Finding error(WarehouseException error) {
        return new Finding(
                CheckState.ERROR,
                Optional.empty(),
                "",
                OptionalLong.empty(),
                OptionalLong.empty(),
                error.getMessage(),
                Optional.of(error.code().id()),
                Optional.empty());
    }

    Finding at(Optional<Place> found) {
        return new Finding(state, found, cut, violations, measure, message, errorCode, evidence);
    }

    Finding measuring(long measured) {
        return new Finding(state, place, cut, violations, OptionalLong.of(measured), message, errorCode, evidence);
    }
}

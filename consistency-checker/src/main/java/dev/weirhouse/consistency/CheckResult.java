package dev.weirhouse.consistency;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a check, or a comparison that nobody declared, went. Times in milliseconds since 1970 UTC.
 *
 * @param check its name; empty for a comparison
 * @param kind of the check's rule, or TABLES, JOB, LANES or SOURCE
 * @param subject what it is about
 * @param version of the table that it speaks of, as Paimon writes it
 * @param snapshot of that version
 * @param committedAt when the snapshot was committed
 * @param cut all that it rests on, as queries tell it; empty while that is not known
 * @param violations how many rows, keys or moments were not as they should be; what is counted up to a bound may be more
 * @param measure the rows of ROWS, the age in milliseconds of FRESH
 * @param message what was found, in a sentence
 * @param errorCode of ERROR, such as {@code WEIR-1046}
 * @param evidence JSON, whose form depends on the kind
 */
public record CheckResult(
        String id,
        Optional<String> check,
        String kind,
        String subject,
        CheckCause cause,
        Severity severity,
        String principal,
        CheckState state,
        Optional<String> version,
        OptionalLong snapshot,
        OptionalLong committedAt,
        String cut,
        OptionalLong violations,
        OptionalLong measure,
        String message,
        Optional<String> errorCode,
        Optional<String> evidence,
        long startedAt,
        OptionalLong finishedAt) {}

package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Lane;
import java.util.Optional;

/**
 * A named SQL text with a lane and an owner; times in milliseconds since 1970 UTC.
 *
 * @param revision the revision that is meant to run, counting from 1
 * @param epoch raised each time that an instance takes the job; writes of an older epoch are refused
 * @param attempt raised for each submission to the cluster; job and attempt together give the Flink job's id
 * @param restorePath the savepoint or checkpoint that the current attempt began from
 */
public record JobRow(
        String id,
        String name,
        Lane lane,
        Caller caller,
        int revision,
        JobState state,
        long createdAt,
        long updatedAt,
        Optional<String> ownerInstance,
        long leaseUntil,
        long epoch,
        long attempt,
        Optional<String> flinkJobId,
        Optional<String> restorePath,
        Optional<String> runId,
        Optional<String> error) {}

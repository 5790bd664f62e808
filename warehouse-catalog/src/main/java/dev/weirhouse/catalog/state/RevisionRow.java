package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;

/** One applied text of a job. The text holds references to secrets, never secrets. */
public record RevisionRow(String jobId, int revision, String sql, Caller caller, long createdAt) {}

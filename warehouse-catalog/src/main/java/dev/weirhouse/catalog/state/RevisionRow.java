package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;

/** One applied text of a job, as it was typed: whoever shows it shows {@link dev.weirhouse.catalog.RecordedText}. */
public record RevisionRow(String jobId, int revision, String sql, Caller caller, long createdAt) {}

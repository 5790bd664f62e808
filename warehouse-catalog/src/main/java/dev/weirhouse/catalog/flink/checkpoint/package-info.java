/**
 * How far the sources of streaming jobs had read, told from the checkpoints that Flink keeps. Nothing of it runs in a job.
 *
 * <p>When a job is submitted, {@link dev.weirhouse.catalog.flink.checkpoint.SourceOperators} says which of Flink's operators
 * reads which table, and that is stored with the run. Later {@link dev.weirhouse.catalog.flink.checkpoint.JobCheckpoints} finds
 * the metadata of a checkpoint, and reads in it, with the serializers of the sources themselves, what each source had been
 * given and what of that it had not yet let go of.
 */
package dev.weirhouse.catalog.flink.checkpoint;

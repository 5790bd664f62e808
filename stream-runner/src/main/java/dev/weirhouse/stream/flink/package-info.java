/** From a job's text to a Flink job: compiling, what it starts from, and what the cluster says of it. */
package dev.weirhouse.stream.flink;

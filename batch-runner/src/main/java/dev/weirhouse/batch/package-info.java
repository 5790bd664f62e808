/**
 * The batch lane: scripts of statements, in Hive's or Flink's dialect, run one after the other over bounded tables.
 *
 * <p>A {@link dev.weirhouse.batch.Script} is a text with variables. {@link dev.weirhouse.batch.BatchScripts} splits it and
 * puts the variables in, all before the first statement runs, lets so many scripts run at once and so many wait, and gives
 * each a session of its own, so that {@code SET} and {@code USE} end with the script. A {@link
 * dev.weirhouse.batch.ScriptRun} is one execution: it can be watched, awaited and cancelled. The first statement that fails
 * stops the script; what earlier ones wrote stays, because each commits for itself.
 *
 * <p>Runs of statements are recorded by the gate that they pass; what is kept here of a script lives in memory alone.
 */
package dev.weirhouse.batch;

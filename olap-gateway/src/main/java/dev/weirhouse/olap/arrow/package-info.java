/**
 * From Flink's rows to Arrow's vectors, and from Arrow's values to parameters.
 *
 * <p>{@link dev.weirhouse.olap.arrow.ArrowFields} says which Arrow type carries which of Flink's; {@link
 * dev.weirhouse.olap.arrow.ArrowRows} writes rows into vectors, one writer for each column, without making an object for
 * each value; {@link dev.weirhouse.olap.arrow.ParameterRows} reads what a client bound to its {@code ?} markers.
 *
 * <p>The stock JDBC driver decides two things here: times with a zone go out without one, as wall-clock time in the
 * session's zone, and parameters for times are announced in milliseconds, because the driver binds milliseconds whatever
 * unit it is told.
 */
package dev.weirhouse.olap.arrow;

/**
 * The configuration: every component of the warehouse declares its settings as one record, and this package reads them.
 *
 * <p>A {@link dev.weirhouse.catalog.config.Setting} on a record component is the only place that knows a key, its type,
 * default, bounds and meaning. {@link dev.weirhouse.catalog.config.ConfigReader} takes the values as dotted keys with
 * text, whatever file they came from, and reads all records in one pass: unknown keys, values that do not fit and
 * missing environment variables are reported together, so that one look at the message mends the whole file. {@link
 * dev.weirhouse.catalog.config.ConfigReference} writes the reference page from the same records.
 */
package dev.weirhouse.catalog.config;

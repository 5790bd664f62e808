package dev.weirhouse.catalog.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One key of the configuration, declared on a component of a configuration record. The record is the only place that
 * knows the key, its type, default, bounds and meaning; the reader, the reference page and the error messages are made
 * from it.
 *
 * <p>Types: {@code String}, {@code int}, {@code long}, {@code boolean}, {@code java.time.Duration} ({@code 30s}, {@code
 * 5m}), {@code java.nio.file.Path}, {@link dev.weirhouse.catalog.config.ByteSize} ({@code 512mb}), an enum (lower case),
 * {@code List<String>} and {@code Map<String, String>}.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {

    /** The dotted key, such as {@code flight.port}. A map takes every key below it. */
    String key();

    /** The default as it would stand in the file; empty means an empty string, list or map. */
    String value() default "";

    /** What the setting does, in one sentence. */
    String description();

    /** The least number, bytes or milliseconds. */
    long min() default Long.MIN_VALUE;

    /** The greatest number, bytes or milliseconds. */
    long max() default Long.MAX_VALUE;

    /** Printed as {@code ***}. */
    boolean secret() default false;
}

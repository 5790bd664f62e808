package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One query for the native engine.
 *
 * <p>The text is a single {@code SELECT} of DuckDB's dialect, made by the warehouse's translator: a client's text never
 * comes here. The engine refuses other statements, and files outside its {@linkplain NativeFolders#readable folders},
 * but knows nothing of principals.
 *
 * <p>A marker {@code ?} whose type is not written beside it, as in {@code CAST(? AS BIGINT)}, makes DuckDB plan the
 * query again at each execution.
 *
 * @param parameters a value for each {@code ?}: null, Boolean, Byte, Short, Integer, Long, BigDecimal, Float, Double,
 *     String, LocalDate, LocalTime, LocalDateTime or byte[]
 * @param timeout how long the query may take, waiting for its turn included
 */
public record NativeQuery(String sql, List<Object> parameters, Duration timeout) {

    private static final Set<Class<?>> CARRIED = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigDecimal.class,
            Float.class,
            Double.class,
            String.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            byte[].class);

    public NativeQuery {
        requireNonNull(sql, "sql is null");
        if (requireNonNull(timeout, "timeout is null").isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
        // List.copyOf refuses nulls, which are values here.
        parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
        for (Object parameter : parameters) {
            if (parameter != null && !CARRIED.contains(parameter.getClass())) {
                throw new IllegalArgumentException(
                        "no parameter can be a " + parameter.getClass().getName());
            }
        }
    }
}

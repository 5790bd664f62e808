package dev.weirhouse.consistency;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.CheckRule.Fresh;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import dev.weirhouse.consistency.CheckRule.References;
import dev.weirhouse.consistency.CheckRule.ReturnsNothing;
import dev.weirhouse.consistency.CheckRule.RowsWithin;
import dev.weirhouse.consistency.CheckRule.Unique;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A rule as it is written in JSON, in the state store and over HTTP; what does not belong to its kind is null.
 *
 * @param kind NOT_NULL, UNIQUE, RANGE, REFERENCES, FRESH, ROWS or SQL
 * @param columns of NOT_NULL and UNIQUE; the one of RANGE, REFERENCES, and of FRESH if it has one
 * @param least of RANGE; null where it is open
 * @param most of RANGE; null where it is open
 * @param other of REFERENCES: DATABASE.TABLE
 * @param otherColumn of REFERENCES
 * @param withinMillis of FRESH
 * @param percent of ROWS
 * @param sql of SQL
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RuleSpec(
        String kind,
        List<String> columns,
        String least,
        String most,
        String other,
        String otherColumn,
        Long withinMillis,
        Integer percent,
        String sql) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The rule in this form. */
    public static RuleSpec of(CheckRule rule) {
        if (rule instanceof NotNull one) {
            return new RuleSpec(one.kind(), one.columns(), null, null, null, null, null, null, null);
        } else if (rule instanceof Unique one) {
            return new RuleSpec(one.kind(), one.columns(), null, null, null, null, null, null, null);
        } else if (rule instanceof InRange one) {
            return new RuleSpec(
                    one.kind(),
                    List.of(one.column()),
                    one.least().orElse(null),
                    one.most().orElse(null),
                    null,
                    null,
                    null,
                    null,
                    null);
        } else if (rule instanceof References one) {
            return new RuleSpec(
                    one.kind(), List.of(one.column()), null, null, one.other(), one.otherColumn(), null, null, null);
        } else if (rule instanceof Fresh one) {
            return new RuleSpec(
                    one.kind(),
                    one.column().map(List::of).orElse(null),
                    null,
                    null,
                    null,
                    null,
                    one.within().toMillis(),
                    null,
                    null);
        } else if (rule instanceof RowsWithin one) {
            return new RuleSpec(one.kind(), null, null, null, null, null, null, one.percent(), null);
        }
        ReturnsNothing one = (ReturnsNothing) rule;
        return new RuleSpec(one.kind(), null, null, null, null, null, null, null, one.sql());
    }

    /**
     * The rule that is meant.
     *
     * @throws WarehouseException CHECK_INVALID
     */
    public CheckRule rule() {
        return switch (required(kind, "kind")) {
            case "NOT_NULL" -> new NotNull(required(columns, "columns"));
            case "UNIQUE" -> new Unique(required(columns, "columns"));
            case "RANGE" -> new InRange(single(), Optional.ofNullable(least), Optional.ofNullable(most));
            case "REFERENCES" ->
                new References(single(), required(other, "other"), required(otherColumn, "otherColumn"));
            case "FRESH" ->
                new Fresh(
                        Duration.ofMillis(required(withinMillis, "withinMillis")),
                        columns == null ? Optional.empty() : Optional.of(single()));
            case "ROWS" -> new RowsWithin(required(percent, "percent"));
            case "SQL" -> new ReturnsNothing(required(sql, "sql"));
            default ->
                throw new WarehouseException(
                        CheckError.CHECK_INVALID,
                        "'" + kind + "' is no kind of check: NOT_NULL, UNIQUE, RANGE, REFERENCES, FRESH, ROWS, SQL.");
        };
    }

    private String single() {
        if (required(columns, "columns").size() != 1
                || columns.get(0) == null
                || columns.get(0).isBlank()) {
            throw new WarehouseException(CheckError.CHECK_INVALID, "A check of the kind " + kind + " has one column.");
        }
        return columns.get(0);
    }

    private <T> T required(T value, String name) {
        if (value == null) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID,
                    "The rule has no '" + name + "'" + (kind == null ? "." : ", which " + kind + " needs."));
        }
        return value;
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static RuleSpec parse(String json) {
        try {
            return JSON.readValue(json, RuleSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no rule of a check: " + json, e);
        }
    }
}

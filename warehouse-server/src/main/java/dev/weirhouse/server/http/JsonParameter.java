package dev.weirhouse.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Turns the JSON values of a request into the Java values that a statement's markers take, by the markers' types. */
final class JsonParameter {

    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[' ']['T']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .toFormatter();

    private JsonParameter() {}

    /**
     * @param zone the session's time zone, in which a {@code TIMESTAMP_LTZ} without an offset is read
     * @throws WarehouseException PARAMETER_MISMATCH with the number of the marker
     */
    static List<Object> readAll(List<JsonNode> values, List<LogicalType> types, ZoneId zone) {
        if (values.size() != types.size()) {
            throw new WarehouseException(
                    CatalogError.PARAMETER_MISMATCH,
                    "The statement has %d markers and the request %d parameters."
                            .formatted(types.size(), values.size()));
        }
        List<Object> read = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            LogicalType type = types.get(i);
            try {
                read.add(value.isNull() ? null : read(value, type, zone));
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException | IOException e) {
                throw new WarehouseException(
                        CatalogError.PARAMETER_MISMATCH,
                        "Parameter %d, %s, is not a value of %s."
                                .formatted(i + 1, shortened(value.toString()), type.asSummaryString()),
                        e);
            }
        }
        return read;
    }

    private static Object read(JsonNode value, LogicalType type, ZoneId zone) throws IOException {
        LogicalTypeRoot root = type.getTypeRoot();
        return switch (root) {
            case BOOLEAN -> bool(value);
            case TINYINT -> number(value).byteValueExact();
            case SMALLINT -> number(value).shortValueExact();
            case INTEGER -> number(value).intValueExact();
            case BIGINT -> number(value).longValueExact();
            case FLOAT ->
                value.isTextual()
                        ? Float.parseFloat(value.textValue())
                        : (Object) number(value).floatValue();
            case DOUBLE ->
                value.isTextual()
                        ? Double.parseDouble(value.textValue())
                        : (Object) number(value).doubleValue();
            case DECIMAL -> number(value);
            case DATE -> LocalDate.parse(text(value));
            case TIME_WITHOUT_TIME_ZONE -> LocalTime.parse(text(value));
            case TIMESTAMP_WITHOUT_TIME_ZONE -> LocalDateTime.parse(text(value), TIMESTAMP);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> instant(text(value), zone);
            case BINARY, VARBINARY -> required(value.isTextual(), value).binaryValue();
            case CHAR, VARCHAR -> text(value);
            default -> natural(value);
        };
    }

    /** What the value is by itself, for a marker that may be of any type. */
    private static Object natural(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        } else if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        } else if (value.isNumber()) {
            return value.decimalValue();
        }
        return text(value);
    }

    private static Boolean bool(JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("not true or false");
        }
        return value.booleanValue();
    }

    private static BigDecimal number(JsonNode value) {
        return value.isTextual()
                ? new BigDecimal(value.textValue())
                : required(value.isNumber(), value).decimalValue();
    }

    private static String text(JsonNode value) {
        return required(value.isTextual(), value).textValue();
    }

    private static JsonNode required(boolean fits, JsonNode value) {
        if (!fits) {
            throw new IllegalArgumentException("a " + value.getNodeType() + " does not fit");
        }
        return value;
    }

    private static Instant instant(String text, ZoneId zone) {
        return text.endsWith("Z")
                ? Instant.parse(text)
                : LocalDateTime.parse(text, TIMESTAMP).atZone(zone).toInstant();
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}

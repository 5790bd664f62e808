package dev.weirhouse.catalog.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One declared setting: what the annotation and the record component say together. */
record ConfigKey(RecordComponent component, Setting setting) {

    /** The settings of a record, in the order of its components. */
    static List<ConfigKey> declaredBy(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(component -> {
                    Setting setting = component.getAnnotation(Setting.class);
                    if (setting == null) {
                        throw new IllegalArgumentException(
                                type.getName() + "." + component.getName() + " carries no @Setting");
                    }
                    return new ConfigKey(component, setting);
                })
                .toList();
    }

    String name() {
        return setting.key();
    }

    String defaultText() {
        return setting.value();
    }

    boolean isSecret() {
        return setting.secret();
    }

    boolean isMap() {
        return javaType() == Map.class;
    }

    Class<?> javaType() {
        return component.getType();
    }

    boolean covers(String key) {
        return key.equals(name()) || (isMap() && key.startsWith(name() + "."));
    }

    /** The type as the reference page names it. */
    String typeName() {
        Class<?> type = javaType();
        if (type == int.class || type == long.class) {
            return "integer";
        } else if (type == Duration.class) {
            return "duration";
        } else if (type == ByteSize.class) {
            return "size";
        } else if (type == Path.class) {
            return "path";
        } else if (type == boolean.class) {
            return "boolean";
        } else if (type == List.class) {
            return "list";
        } else if (type == Map.class) {
            return "map";
        } else if (type.isEnum()) {
            return choices();
        }
        return "text";
    }

    /** The bounds as the reference page names them, empty when there are none. */
    String boundsText() {
        boolean least = setting.min() != Long.MIN_VALUE;
        boolean greatest = setting.max() != Long.MAX_VALUE;
        if (least && greatest) {
            return inUnits(setting.min()) + " to " + inUnits(setting.max());
        } else if (least) {
            return "at least " + inUnits(setting.min());
        } else if (greatest) {
            return "at most " + inUnits(setting.max());
        }
        return "";
    }

    /**
     * Turns text into the component's type.
     *
     * @throws IllegalArgumentException with a sentence that names the value, unless it is secret, and what was expected
     */
    Object parse(String text) {
        Class<?> type = javaType();
        String trimmed = text.strip();
        if (type == String.class) {
            return text;
        } else if (type == int.class) {
            long number = bounded(integer(trimmed));
            if (number != (int) number) {
                throw refused(trimmed, "a number of 32 bits");
            }
            return (int) number;
        } else if (type == long.class) {
            return bounded(integer(trimmed));
        } else if (type == boolean.class) {
            return switch (trimmed.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw refused(trimmed, "true or false");
            };
        } else if (type == Duration.class) {
            return duration(trimmed);
        } else if (type == ByteSize.class) {
            return size(trimmed);
        } else if (type == Path.class) {
            return path(trimmed);
        } else if (type.isEnum()) {
            return constant(type, trimmed);
        } else if (type == List.class && isOfText()) {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(item -> !item.isEmpty())
                    .toList();
        }
        throw new IllegalStateException(name() + " is of a type that no setting has: " + component.getGenericType());
    }

    private boolean isOfText() {
        return component.getGenericType() instanceof ParameterizedType parameterized
                && parameterized.getActualTypeArguments()[0] == String.class;
    }

    private long integer(String text) {
        try {
            return Long.parseLong(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw refused(text, "a whole number", e);
        }
    }

    private Duration duration(String text) {
        try {
            Duration duration = DurationText.parse(text);
            bounded(duration.toMillis());
            return duration;
        } catch (OutOfBounds e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw refused(text, "a duration such as 500ms, 30s, 5m, 2h or 7d", e);
        }
    }

    private ByteSize size(String text) {
        try {
            ByteSize size = ByteSize.parse(text);
            bounded(size.bytes());
            return size;
        } catch (OutOfBounds e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw refused(text, "a size such as 512mb or 4gb", e);
        }
    }

    private Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refused(text, "a path", e);
        }
    }

    private Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (written(constant).equals(text.toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw refused(text, choices());
    }

    private String choices() {
        return Arrays.stream(javaType().getEnumConstants())
                .map(ConfigKey::written)
                .collect(Collectors.joining(" or "));
    }

    private static String written(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private long bounded(long number) {
        if (number < setting.min() || number > setting.max()) {
            throw new OutOfBounds(visible(inUnits(number)) + " is out of bounds: " + boundsText());
        }
        return number;
    }

    private String inUnits(long number) {
        if (javaType() == Duration.class) {
            return DurationText.write(Duration.ofMillis(number));
        }
        return javaType() == ByteSize.class ? new ByteSize(number).toText() : Long.toString(number);
    }

    private IllegalArgumentException refused(String text, String expected) {
        return new IllegalArgumentException(visible("'" + text + "'") + " is not " + expected);
    }

    private IllegalArgumentException refused(String text, String expected, Exception cause) {
        return new IllegalArgumentException(visible("'" + text + "'") + " is not " + expected, cause);
    }

    private String visible(String value) {
        return isSecret() ? "the value (***)" : value;
    }

    private static final class OutOfBounds extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        OutOfBounds(String message) {
            super(message);
        }
    }
}

package dev.weirhouse.catalog.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the reference page of the configuration from the records that declare it. */
public final class ConfigReference {

    private static final String INTRODUCTION =
            """
            # Configuration

            The file `weirhouse.yaml` holds these keys, nested or dotted. A key that is not listed here refuses the start.
            Any value may hold `${NAME}` or `${NAME:-default}`, which stand for environment variables; `$${` is a plain `${`.
            On the command line, `--set key=value` wins over the file.

            Durations are a number and `ms`, `s`, `m`, `h` or `d`; sizes a number and `b`, `kb`, `mb`, `gb` or `tb`, with
            1 kb = 1,024 bytes; lists are YAML lists or texts parted by commas.
            """;

    private ConfigReference() {}

    /** The page in Markdown: one table for each first part of the keys, in the order in which the records name them. */
    public static String markdown(List<Class<? extends Record>> types) {
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        for (Class<? extends Record> type : types) {
            for (ConfigKey key : ConfigKey.declaredBy(type)) {
                sections.computeIfAbsent(firstPart(key.name()), ConfigReference::head)
                        .append(row(key));
            }
        }
        return INTRODUCTION + String.join("", sections.values());
    }

    private static String firstPart(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static StringBuilder head(String section) {
        return new StringBuilder(
                "\n## " + section + "\n\n| key | type | default | bounds | meaning |\n|---|---|---|---|---|\n");
    }

    private static String row(ConfigKey key) {
        String name = key.isMap() ? key.name() + ".*" : key.name();
        String value = key.defaultText().isEmpty() ? "" : "`" + cell(key.defaultText()) + "`";
        String meaning = key.setting().description() + (key.isSecret() ? " Secret: listings show `***`." : "");
        return "| `%s` | %s | %s | %s | %s |%n"
                .formatted(name, key.typeName(), value, key.boundsText(), cell(meaning))
                .replace(System.lineSeparator(), "\n");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}

package dev.weirhouse.batch;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Dialect;
import java.util.Map;

/**
 * A text to be run.
 *
 * @param name what the user calls it, such as its file's name; stands in errors and logs
 * @param dialect what the text begins in
 * @param variables what {@code ${name}} stands for; a key may begin with {@code hiveconf:}
 */
public record Script(String name, String text, Dialect dialect, Map<String, String> variables) {
    public Script {
        requireNonNull(name, "name is null");
        requireNonNull(text, "text is null");
        requireNonNull(dialect, "dialect is null");
        variables = Map.copyOf(variables);
    }
}
